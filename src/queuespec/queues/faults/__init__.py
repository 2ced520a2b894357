"""Wrong queues: a module for each chapter of the specification. See `queuespec.queues.declare.fault`."""
