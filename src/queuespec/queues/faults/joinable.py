"""Queues that are wrong about task_done() and join()."""

import contextlib
import threading
from multiprocessing import queues

from queuespec.queues.declare import fault


@fault(
    breaks={
        "join.fresh-returns": "join() was still running after",
        "join.across-processes": "join() was still running after",
        "join.after-close": "join() was still running after",
    },
    collateral=("join.blocks-until-all-done", "td.too-many"),
)
class JoinNeverReturns:
    """join() waits forever."""

    class JoinableQueue(queues.JoinableQueue):
        def join(self):
            threading.Event().wait()


@fault(
    breaks={
        "join.blocks-until-all-done": "join() did not block: it returned None",
        "td.consumer-death": "join() did not block: it returned None",
    },
    collateral=("td.too-many",),
)
class GetMarksAsDone:
    """get() marks the item as done."""

    class JoinableQueue(queues.JoinableQueue):
        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            self.task_done()
            return item


@fault(breaks={"join.count-rises-on-put": "join() did not block: it returned None"})
class ItemsCountWhenFlushed:
    """An item counts as an unfinished task only once it is in the pipe."""

    class JoinableQueue(queues.JoinableQueue):
        put = queues.Queue.put

        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            send = self._send_bytes

            def counted(data):
                self._unfinished_tasks.release()
                send(data)

            self._send_bytes = counted


@fault(
    breaks={"join.across-processes": "join() was still running after"},
    collateral=("join.blocks-until-all-done", "td.too-many"),
)
class CountIsPerProcess:
    """Each process counts unfinished tasks for itself."""

    class JoinableQueue(queues.JoinableQueue):
        """The count is that of the process that puts; get() makes the one that gets responsible for the item."""

        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._count = 0
            self._done = threading.Condition()

        def put(self, obj, block=True, timeout=None):
            queues.Queue.put(self, obj, block, timeout)
            self._count += 1

        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            self._count = 1
            return item

        def task_done(self):
            with self._done:
                if not self._count:
                    raise ValueError("task_done() called too many times")
                self._count -= 1
                self._done.notify_all()

        def join(self):
            with self._done:
                self._done.wait_for(lambda: not self._count)


@fault(
    breaks={
        "join.done-by-other-process": "task_done() should have returned, but it raised ValueError",
        "td.before-get-accepted": "task_done() should have returned, but it raised ValueError",
    }
)
class TaskDoneOnlyByTheGetter:
    """task_done() raises in a process that has not taken an item before."""

    class JoinableQueue(queues.JoinableQueue):
        got = 0

        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            self.got += 1
            return item

        def task_done(self):
            if not self.got:
                raise ValueError("nothing was got")
            self.got -= 1
            super().task_done()


@fault(breaks={"join.many-waiters": "join() was still running after"})
class JoinWakesOneWaiter:
    """The last task_done() wakes only one of the processes that wait in join()."""

    class JoinableQueue(queues.JoinableQueue):
        def task_done(self):
            with self._cond:
                if not self._unfinished_tasks.acquire(False):
                    raise ValueError("task_done() called too many times")
                if self._unfinished_tasks._semlock._is_zero():
                    self._cond.notify()


@fault(breaks={"join.done-meanwhile": "was still running after"})
class JoinLooksBeforeItWaits:
    """join() reads the count before it starts to wait, so it misses what is done in between."""

    class JoinableQueue(queues.JoinableQueue):
        def join(self):
            if not self._unfinished_tasks._semlock._is_zero():
                with self._cond:
                    self._cond.wait()


@fault(breaks={"join.reusable": "join() did not block: it returned None"})
class JoinRemembersTheFirstRound:
    """Once join() has returned, it never waits again."""

    class JoinableQueue(queues.JoinableQueue):
        over = False

        def join(self):
            if not self.over:
                super().join()
            self.over = True


@fault(breaks={"join.no-timeout": "join(1) should have raised TypeError, but it returned None"})
class JoinTakesATimeout:
    """join() accepts a timeout, and ignores it."""

    class JoinableQueue(queues.JoinableQueue):
        def join(self, timeout=None):
            super().join()


@fault(breaks={"join.after-close": "task_done() should have returned, but it raised ValueError"})
class TaskDoneAfterCloseFails:
    """task_done() raises in a process that has closed the queue."""

    class JoinableQueue(queues.JoinableQueue):
        def task_done(self):
            if self._closed:
                raise ValueError("closed")
            super().task_done()


@fault(breaks={"td.one-per-item": "join() did not block: it returned None"})
class TaskDoneCountsTwice:
    """task_done() marks two items as done."""

    class JoinableQueue(queues.JoinableQueue):
        def task_done(self):
            super().task_done()
            with contextlib.suppress(ValueError):
                super().task_done()


@fault(breaks={"td.every-put": "work(count=1) should have returned, but it raised ValueError"})
class PutNowaitAddsNoTask:
    """put_nowait() adds no task: join() does not wait for the item, and task_done() is refused."""

    class JoinableQueue(queues.JoinableQueue):
        def put_nowait(self, obj):
            queues.Queue.put(self, obj, False)


@fault(breaks={"td.while-put-waits": "task_done() was still running after"})
class TaskDoneWaitsForRoom:
    """task_done() waits while a put() waits for room."""

    class JoinableQueue(queues.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            with self._cond:
                super().put(obj, block, timeout)


@fault(
    breaks={
        "td.at-once": "work(count=2) should have returned, but it raised ValueError",
        "td.while-put-goes-on": "work_until_none() should have returned, but it raised ValueError",
    }
)
class CountRisesAfterThePut:
    """The count of unfinished tasks rises only after the item could have been taken and done."""

    class JoinableQueue(queues.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            queues.Queue.put(self, obj, block, timeout)
            self._unfinished_tasks.release()


@fault(
    breaks={
        "td.too-many": "task_done() should have raised ValueError, but it returned None",
        "td.too-many-on-fresh-queue": "task_done() should have raised ValueError, but it returned None",
    }
)
class TaskDoneNeverRefuses:
    """task_done() never raises, however often it is called."""

    class JoinableQueue(queues.JoinableQueue):
        def task_done(self):
            with contextlib.suppress(ValueError):
                super().task_done()
