"""Queues that are wrong about the documented hazards."""

from multiprocessing import queues
from queue import Empty

from queuespec.queues.declare import fault
from queuespec.queues.parts import Asking


@fault(breaks={"hazard.circular-wait": "was still running after"})
class TimeoutsNeverEnd:
    """put() and get() wait forever, whatever their timeout is."""

    class Queue(Asking):
        def asked(self, block, timeout):
            return block, None


@fault(
    breaks={
        "hazard.kill-blocked-reader": "should have raised Empty, but it returned 'out of reach'",
        "hazard.stopped-reader": "should have raised Empty, but it returned 'first come'",
    }
)
class ReadersWaitWithoutLock:
    """get() takes the readers' lock only once an item is there: safer than the specification demands."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if block and not self._poll(timeout):
                raise Empty
            return super().get(block, timeout)


@fault(breaks={"hazard.kill-writer-midway": "did not block: it raised Empty"}, not_on=("win32",))
class TimedGetGivesUpAtOnce:
    """get() with a timeout raises Empty immediately."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if timeout is not None:
                raise Empty
            return super().get(block)


@fault(breaks={"hazard.daemon-terminated": "was still running after"})
class DaemonsAreJoined:
    """A daemonic child is not terminated: the main program waits for it."""

    @staticmethod
    def process(context, **kwargs):
        return context.Process(**{**kwargs, "daemon": False})
