"""Loading the implementation is not the queue's doing: where it is found, what it prints, how long it takes."""

import contextlib
import zipfile

import pytest
import runs
from runs import CHECKOUT, METHOD

from queuespec.stage import Program, Settings, Stage, SuiteError
from queuespec.stage import settings as settings_module

PROGRAM = f"""
import sys
sys.path.insert(0, {str(CHECKOUT / "tests" / "spec" / "programs")!r})
from judged import mp

def child(queue):
    queue.put("loaded again")

if __name__ == "__main__":
    queue = mp.Queue()
    process = mp.Process(target=child, args=(queue,))
    process.start()
    print(queue.get())
    process.join()
"""
INNER = PROGRAM.replace("import mp", "import announced, mp").replace(
    'if __name__ == "__main__":',
    """if __name__ == "__main__" and len(sys.argv) == 1:
    import subprocess
    sys.exit(subprocess.run([sys.executable, __file__, "inner"], env=announced()).returncode)
elif __name__ == "__main__":""",
)
"""The same, as the program of another interpreter that the main program starts."""
SILENT = """
from multiprocessing import queues

class Queue(queues.Queue):
    pass
"""
NOISY = f"""{SILENT}
import os, sys, warnings

print("importing", end="")
sys.stderr.write("an import")
os.write(1, b"directly")
warnings.warn("slow without an extension")
"""
SLOW = f"""{SILENT}
import multiprocessing, time

if multiprocessing.current_process().name == "MainProcess":
    time.sleep(3)
"""
FAILING = {
    "raises": ("raise OSError('no GPU')", "cannot load implementation 'own:Queue': OSError: no GPU"),
    "exits": ("import sys; sys.exit('bye')", "cannot load implementation 'own:Queue': SystemExit: bye"),
    "interrupted": ("raise KeyboardInterrupt", "cannot load implementation 'own:Queue': KeyboardInterrupt"),
    "syntax": ("def :", "cannot load implementation 'own:Queue': SyntaxError"),
    "lacks": ("", "cannot load implementation 'own:Queue'"),
    "dies": ("import os; os._exit(7)", ""),
    "hangs": ("import threading; threading.Event().wait()", ""),
}
"""What a module does when it is imported, and what is said about it."""
CLAIMS = (Program.succeeds, Program.fails, lambda run: run.prints("z"))


@pytest.fixture
def settings(tmp_path):
    """What to judge if it is in a module of this text."""

    def given(text, patience=20.0):
        (tmp_path / "own.py").write_text(text, encoding="utf-8")
        return Settings("own:Queue", runs.judged_python, (), patience, directory=str(tmp_path))

    return given


@pytest.fixture
def program(supervisor, settings, tmp_path):
    """Starts a program of the specification that judges the queue in a module of this text."""
    with contextlib.ExitStack() as ends:

        def start(text, method=METHOD, itself=PROGRAM, **others):
            path = tmp_path / "some.py"
            path.write_text(itself, encoding="utf-8")
            started = Program(path, (), settings(text, **others), method, supervisor)
            ends.callback(started.close)
            return started

        yield start


@pytest.mark.parametrize("method", runs.rest(runs.METHODS, ("fork", "spawn")))
@pytest.mark.parametrize("text", [SILENT, NOISY], ids=["silent", "noisy"])
def test_what_an_import_prints_is_not_the_queues_output(program, method, text):
    program(text, method).prints_nothing_but("loaded again\n")


@pytest.mark.parametrize("itself", [PROGRAM, INNER], ids=["main program", "inner interpreter"])
def test_patience_begins_when_the_implementation_is_loaded(program, itself):
    slow = program(SLOW, itself=itself, patience=2.5)

    slow.prints("loaded again\n")
    slow.succeeds()


@pytest.mark.parametrize("claim", CLAIMS, ids=["succeeds", "fails", "prints"])
@pytest.mark.parametrize("way", FAILING)
def test_a_program_without_its_implementation_is_no_evidence(program, monkeypatch, way, claim):
    if way == "hangs":
        monkeypatch.setattr(settings_module, "LONGEST_IMPORT", 0.5)
        monkeypatch.setattr(settings_module, "IMPORT", 0)
    text, sentence = FAILING[way]
    run = program(text)

    with pytest.raises(SuiteError, match=sentence or "^the program some did not load the implementation$"):
        claim(run)


@pytest.mark.parametrize("way", FAILING)
def test_neither_is_a_stage(supervisor, settings, monkeypatch, way):
    if way == "hangs":
        monkeypatch.setattr(settings_module, "LONGEST_IMPORT", 0.5)
        monkeypatch.setattr(settings_module, "IMPORT", 0)
    text, sentence = FAILING[way]
    settings = settings(text)

    with pytest.raises(SuiteError, match=sentence or "^the main program of the spec loads the implementation, and it "):
        Stage(settings, METHOD, supervisor)


def test_a_child_that_cannot_load_it_is_no_evidence_either(program):
    once = "import multiprocessing\nassert multiprocessing.current_process().name == 'MainProcess'\n" + SILENT

    with pytest.raises(SuiteError, match="cannot load implementation 'own:Queue': AssertionError"):
        program(once, "spawn").succeeds()


@pytest.mark.parametrize("place", ["directory", "relative", "zip"])
def test_every_process_finds_it_where_the_probe_does(judge, tmp_path, place):
    directory = tmp_path / "a directory"
    directory.mkdir()
    home = {"relative": directory / "a path", "zip": directory / "counter.zip"}.get(place, directory)
    if place == "zip":
        with zipfile.ZipFile(home, "w") as archive:
            archive.writestr("counter.py", NOISY)
    else:
        home.mkdir(exist_ok=True)
        (home / "counter.py").write_text(NOISY, encoding="utf-8")
    path = {} if place == "directory" else {"PYTHONPATH": home.name}
    rules = ("close.is-silent", "get.blocks-when-empty")

    run = judge("--implementation", "counter:Queue", *runs.asked(rules, ["spawn"]), directory=directory, env=path)

    assert run.status == 0, run.output
    assert {slug: run.words(slug) - {"unsupported"} for slug in rules} == {slug: {"conforms"} for slug in rules}
