"""An implementation that cannot be imported is refused by one sentence, whatever happens when it is."""

import os
import sys
import time

import pytest
import runs

from queuespec.judge import options
from queuespec.stage import settings

FAILING = {
    "a syntax error": ("def :", "SyntaxError: invalid syntax (own.py, line 1)"),
    "an exception": ("1 / 0", "ZeroDivisionError: division by zero"),
    "an exit": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "an interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "any other": ("class Any(BaseException): pass\nraise Any('a\\nb')", "Any: a\\nb"),
    "an odd one": (
        "class Odd(Exception):\n    def __str__(self): raise self\nraise Odd",
        "Odd: (its text could not be",
    ),
    "the end of the process": (
        "import os, sys; print('no GPU', file=sys.stderr, flush=True); os._exit(7)",
        "the process that imported it died with exit code 7 (no GPU)",
    ),
    "a signal": (
        "import os, signal; os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))",
        "the process that imported it died " + ("of signal 9" if os.name == "posix" else "with exit code 15"),
    ),
    "a crash": ("import faulthandler; faulthandler._sigsegv()", "the process that imported it died "),
    "a hang": ("import threading; threading.Event().wait()", "importing it took longer than 0.5 s"),
    "a busy hang": ("while True: print('x' * 10_000)", "importing it took longer than 0.5 s"),
}
"""What a module does when it is imported, and the end of the sentence about it."""

CLASS = "\nfrom multiprocessing.queues import Queue\n"
HARMLESS = {
    "noise": "import os; print('{}'); os.write(1, b'{' * 100_000)",
    "closed streams": "import sys; sys.stdout.close(); sys.stderr.close(); import os; os.close(1); os.close(2)",
    "other streams": "import io, sys; sys.stdout = sys.stderr = io.StringIO()",
    "a thread": "import threading; threading.Thread(target=threading.Event().wait).start()",
    "a process": "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)",
    "an exit function": "import atexit, os; atexit.register(os._exit, 3)",
}
"""What a module may do when it is imported."""


@pytest.fixture
def probed(tmp_path, monkeypatch):
    """The facts about an implementation in a module of this text."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    def probe(text):
        (tmp_path / "own.py").write_text(text, encoding="utf-8")
        return options.probe(runs.judged_python, "own:Queue")

    return probe


@pytest.mark.parametrize("way", FAILING)
def test_what_cannot_be_imported_is_refused_by_one_sentence(probed, monkeypatch, way):
    text, words = FAILING[way]
    if "hang" in way:
        monkeypatch.setattr(settings, "LONGEST_IMPORT", 0.5)
        monkeypatch.setattr(settings, "IMPORT", 0)

    with pytest.raises(options.CannotJudge) as refused:
        probed(text)

    sentence = str(refused.value)
    assert sentence.startswith(f"--implementation: cannot load implementation 'own:Queue': {words}"), sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("way", HARMLESS)
def test_what_an_import_does_besides_is_no_obstacle(probed, way):
    begun = time.monotonic()

    facts = probed(HARMLESS[way] + CLASS)

    assert facts.implementation == "own:Queue"
    assert time.monotonic() - begun < options.PROBING / 2


def test_the_import_is_measured(probed):
    assert 0.3 <= probed(f"import time\ntime.sleep(0.3)\n{CLASS}").loading < 30


def test_a_python_that_does_not_answer_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(options, "PROBING", 0.5)
    monkeypatch.setattr(options, "PROBE", tmp_path / "probe.py")
    (tmp_path / "probe.py").write_text("import threading; threading.Event().wait()", encoding="utf-8")

    with pytest.raises(
        options.CannotJudge, match=r"^--python: .* does not behave like .* \(no answer within 0\.5 s\)$"
    ):
        options.probe(sys.executable, "multiprocessing")


VERSIONS = {
    "the module": ("__version__ = '3.1'", "another", "own.py", "3.1"),
    "the distribution with its file": ("", "another", "own.py", "2.5"),
    "the distribution with its name": ("", "own", "__editable__.own.pth", "2.5"),
    "nobody": ("", "another", "another.py", ""),
    "no text": ("import os as __version__", "another", "another.py", ""),
}
"""Who knows the version: the module's code, the name and a file of an installed distribution 2.5, the version."""


@pytest.mark.parametrize("who", VERSIONS)
def test_the_version_is_what_the_module_says_or_its_distribution(probed, tmp_path, who):
    code, name, file, version = VERSIONS[who]
    info = tmp_path / f"{name}-2.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.5\n")
    (info / "RECORD").write_text(f"{file},,\n")

    assert probed(f"{code}{CLASS}").implementation_version == version
