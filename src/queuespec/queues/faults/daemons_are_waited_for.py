"""A program waits for its daemons, whose queues nobody reads."""

BREAKS = {"share.daemon-child-ends": "leaves_a_daemon was still running after"}


def process(context, daemon=None, **kwargs):
    return context.Process(**kwargs)
