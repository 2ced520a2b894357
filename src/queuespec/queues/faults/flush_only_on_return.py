"""A process flushes if its work returns, and not if it ends by an exception."""

import os

START_METHODS = ("fork",)
BREAKS = {
    "exit.flush-on-sys-exit": "the process of child should have gone on, but it ended with exit code 3",
    "exit.flush-on-exception": "the process of child should have gone on, but it ended with exit code 1",
}


def process(context, *, target, **kwargs):
    def careless(*args):
        try:
            target(*args)
        except SystemExit as error:
            os._exit(error.code)
        except Exception:
            os._exit(1)

    return context.Process(target=careless, **kwargs)
