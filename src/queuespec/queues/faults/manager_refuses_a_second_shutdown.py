"""The second shutdown() of a manager raises, although there is nothing left to end."""

BREAKS = {"manager.shutdown-idempotent": "shutdown() should have returned, but it raised ProcessLookupError"}


def manager(context):
    started = context.Manager()
    end = started.shutdown

    def shutdown():
        if not end.still_active():
            raise ProcessLookupError("the manager has ended")
        end()

    started.shutdown = shutdown
    return started
