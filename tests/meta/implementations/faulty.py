"""A fault in place of `multiprocessing`, for programs that know nothing else: ``import faulty as multiprocessing``.

The environment variable ``FAULT`` has the name of the implementation.
"""

import os

from queuespec.actors.adapter import Api, load

IMPLEMENTATION = load(os.environ["FAULT"])
get_context = Api(IMPLEMENTATION, IMPLEMENTATION.module).get_context


def __getattr__(name):
    return getattr(Api(IMPLEMENTATION, IMPLEMENTATION.module), name)
