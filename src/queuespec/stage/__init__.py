"""The judge's view of the actors: starts processes, makes calls in them, and waits with deadlines. No pytest.

A `Supervisor` ends whatever is started here. A `Stage` makes queues and children, which report how each call ends:

    with contextlib.closing(Supervisor()) as supervisor:
        stage = Stage(Settings("multiprocessing", sys.executable, ()), "spawn", supervisor)
        queue = stage.make_queue("Queue", 1)
        child = stage.make_child(queue)
        getting = child.calls.get()
        getting.stays_blocked()
        queue.put("late")
        assert getting.returns() == "late"
        stage.leave()

A deviation of the queue is raised as a `Failure`, a mistake of the test as a `SuiteError`.
"""

from queuespec.stage.calls import Call, View, made, raises
from queuespec.stage.exceptions import (
    Crashes,
    Deviates,
    ExitCode,
    Failure,
    Hangs,
    NotApplicable,
    NotStarted,
    Raised,
    ShutDown,
    SuiteError,
    Unusable,
)
from queuespec.stage.processes import ProcessTree, Supervisor
from queuespec.stage.programs import Program
from queuespec.stage.remote import RemoteActor
from queuespec.stage.service import Service
from queuespec.stage.settings import Settings
from queuespec.stage.stage import Stage
from queuespec.stage.timeline import Timeline
