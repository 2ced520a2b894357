"""A fork beside other threads is not warned of."""

import warnings

PRETENDS = {"python": [3, 12, 0], "python_version": "3.12.0"}
START_METHODS = ("fork",)
BREAKS = {"ctx.fork-with-threads-warns": "something with 'DeprecationWarning' in it, but it returned []"}


def process(context, **kwargs):
    made = context.Process(**kwargs)

    def start(start=made.start):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            start()

    made.start = start
    return made
