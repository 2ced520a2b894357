"""The implementation that a declared queue is: the standard library's, but for what its class defines."""

from __future__ import annotations

from typing import Any

from queuespec.actors.adapter import Implementation, UnknownImplementation
from queuespec.actors.protocol import KINDS
from queuespec.queues.declare import find


class Variant(Implementation):
    """A class that was declared by `queuespec.queues.declare`, as an implementation."""

    def __init__(self, declared: Any, name: str) -> None:
        super().__init__()
        self.declared = declared
        self.name = name
        self.module = self._defined("module", lambda real: real)(self.module)
        self.replaced = tuple(kind for kind in KINDS[:3] if hasattr(declared, kind))
        if hasattr(declared, "process"):
            self.replaced += ("Process",)

    def _defined(self, name: str, otherwise: Any = None) -> Any:
        found = self.declared
        for part in name.split("."):
            found = getattr(found, part, None)
        return otherwise if found is None else found

    def facts(self) -> dict[str, Any]:
        facts = dict(self._defined("pretends", {}))
        if "python" in facts:
            facts["python_version"] = ".".join(map(str, facts["python"]))
        return facts

    def context(self, start_method: str) -> Any:
        return self._defined("context", lambda real: real)(super().context(start_method))

    def make(self, owner: Any, kind: str, *args: Any, **kwargs: Any) -> Any:
        queue_class = self._defined(kind)
        if queue_class is None:
            return super().make(owner, kind, *args, **kwargs)
        return queue_class(*args, **kwargs, ctx=owner)

    def manager(self, context: Any, **words: Any) -> Any:
        served = self._defined("Served")
        if served is not None:
            for kind in ("Queue", "JoinableQueue"):
                self.managers().SyncManager.register(kind, served, self._defined("Proxy"))
        return super().manager(context, **words) if words else self._defined("manager", super().manager)(context)

    def process(self, context: Any, **kwargs: Any) -> Any:
        return self._defined("process", super().process)(context, **kwargs)


def load(name: str) -> Variant:
    """The implementation ``fault:NAME`` or ``better:NAME``.

    Raises:
        UnknownImplementation: if there is none, with a sentence that names the nearest.
    """
    kind, _, path = name.partition(":")
    try:
        declared = find(kind, path)
    except LookupError as error:
        hint = f"; {error}" if str(error) else ""
        raise UnknownImplementation(f"there is no implementation named {name!r} here{hint}") from None
    return Variant(declared, f"{kind}:{declared.name}")
