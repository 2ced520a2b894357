"""A daemonic child is not cut off: the main program waits for it."""

BREAKS = {"hazard.daemon-terminated": "was still running after"}


def process(context, **kwargs):
    return context.Process(**{**kwargs, "daemon": False})
