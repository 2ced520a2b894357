"""Every child is daemonic, and so is cut off when the main program ends."""

BREAKS = {"exit.parent-joins-children": "the end waits for a reader"}


def process(context, **kwargs):
    return context.Process(**{**kwargs, "daemon": True})
