"""As from Python 3.14.9 on, the default is forkserver, or spawn where there is no folder for temporary files."""

import tempfile
import types

PRETENDS = {"system": "Linux", "python": [3, 14, 9], "python_version": "3.14.9"}
START_METHODS = ("forkserver",)
CONFORMS = ("ctx.default-linux", "ctx.default-first", "ctx.default-without-tempdir")
BREAKS: dict[str, str] = {}


def module(real):
    def get_start_method(allow_none=False):
        try:
            tempfile.gettempdir()
        except FileNotFoundError:
            return "spawn"
        return "forkserver"

    changes = {
        "get_all_start_methods": lambda: ["forkserver", "fork", "spawn"],
        "get_start_method": get_start_method,
    }
    return types.SimpleNamespace(**{**vars(real), **changes})
