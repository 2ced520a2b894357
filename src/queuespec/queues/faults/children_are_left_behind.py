"""A main program that ends does not wait for its children."""

from multiprocessing import process as processes

START_METHODS = ("fork",)
BREAKS = {"exit.waits-for-children": "waited for the child"}


def process(context, **kwargs):
    child = context.Process(**kwargs)
    start = child.start

    def start_and_forget():
        start()
        processes._children.discard(child)

    child.start = start_and_forget
    return child
