"""shutdown() of a manager ends nothing."""

BREAKS = {"manager.lifetime-manager": "put_at_the_end('a') should have raised OSError, but it returned None"}


def manager(context):
    started = context.Manager()
    started.shutdown = lambda: None
    return started
