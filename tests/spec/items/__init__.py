"""What is put into queues, where a plain value will not do: functions and classes of the judged processes."""
