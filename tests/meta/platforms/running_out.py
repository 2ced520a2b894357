"""The standard library's queue on a machine that has run out of memory, until a file is there, which it makes."""

import contextlib
import errno
import os
from multiprocessing import queues


class Queue(queues.Queue):
    def get_nowait(self):
        with contextlib.suppress(FileExistsError):
            open(os.environ["QUEUESPEC_RAN_OUT"], "x").close()
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        return super().get_nowait()


class Leaking(queues.Queue):
    """One that runs out each time."""

    def get_nowait(self):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
