"""What people type: options that belong together in any combination, and one clear sentence for those that do not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from runs import CHECKOUT, METHOD, METHODS, ONE_KIND, environment, outcomes, rest

RULES = ("--rule", "get.blocks-when-empty", "--rule", "order.fifo-in-process")


def queuespec(*options, env=None):
    """The command line itself, with as little of a checkout around it as possible."""
    return subprocess.run(
        [sys.executable, "-m", "queuespec", *options],
        env=environment(PYTHONPATH=str(CHECKOUT / "src"), **(env or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    "options",
    rest(
        [
            "-n0",
            "-n2",
            "-p no:xdist",
            "-p no:timeout",
            "-p no:randomly -p no:cacheprovider",
            "-n2 --dist loadfile",
            "-n2 --dist worksteal",
            "-k test",
            "-x",
        ],
        ("-n2", "-p no:xdist"),
    ),
)
def test_the_verdicts_do_not_depend_on_how_the_tests_are_run(judge, options):
    run = judge(*RULES, *options.split(), parallel=True)

    assert run.status == 0, run.output
    assert {verdict["verdict"] for verdict in run.verdicts} == {"conforms"}
    assert {verdict["rule"] for verdict in run.verdicts} == {RULES[1], RULES[3]}
    assert len(run.verdicts) == 2 * 5
    assert "conforms: 10 verdicts on 2 rules." in run.output


def test_a_rule_can_be_chosen_as_pytest_chooses_tests(judge):
    run = judge("-k", f"{RULES[1]} and not Joinable")

    assert run.status == 0, run.output
    assert {(verdict["rule"], verdict["kind"]) for verdict in run.verdicts} == {
        (RULES[1], kind) for kind in ("Queue", "SimpleQueue", "Manager.Queue")
    }


def test_the_command_is_the_same_as_pytest_on_the_specification():
    run = queuespec(*RULES, *ONE_KIND, "-n0", "-q", "-x")

    assert run.returncode == 0, run.stdout
    assert f"conforms: {2 * len(METHODS)} verdicts on 2 rules." in run.stdout


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_chapter_on_the_command_line_is_judged_alone(workers):
    run = queuespec(str(CHECKOUT / "tests/spec/test_order.py"), *RULES, *ONE_KIND, "--start-method", METHOD, workers)

    assert run.returncode == 0, run.stdout
    assert "conforms: 1 verdict on 1 rule." in run.stdout


def test_last_failed_judges_again_what_failed(tmp_path):
    options = ("--implementation", "fault:lifo", "--start-method", "spawn", "-n0", "-o", f"cache_dir={tmp_path}")
    first = queuespec(*options, *RULES[2:])

    again = queuespec(*options, "--lf", *RULES[2:])

    assert "2 of 5 verdicts fail" in first.stdout
    assert "2 of 2 verdicts fail" in again.stdout


def test_the_first_failure_ends_the_run_with_x_and_the_rest_is_not_run(judge):
    run = judge("--implementation", "fault:lifo", "-x", *RULES)

    assert run.status == 1
    assert {verdict["verdict"] for verdict in run.verdicts} >= {"deviates", "not-run"}
    assert "planned verdicts missing" in run.output


def test_collecting_reads_as_a_table_of_contents(judge):
    run = judge("--collect-only", "-q", "--start-method", "spawn", *RULES)

    assert "::test_get_blocks_when_empty[spawn-Queue]" in run.output
    assert "verdicts" not in run.output
    assert run.status == 0


def test_a_run_in_which_nothing_applied_fails(judge):
    run = judge("--implementation", "queue_class:Queue", "--rule", "join.blocks-until-all-done", env=_IMPLEMENTATIONS)

    assert run.status == 1
    assert "no rule was judged, so this run counts as failed" in run.output


_IMPLEMENTATIONS = {"PYTHONPATH": str(CHECKOUT / "tests" / "meta" / "implementations")}


def test_a_class_that_takes_a_context_is_given_one(judge, tmp_path):
    lines = "from multiprocessing import queues", "class Queue(queues.Queue):", "    pass"
    (tmp_path / "derived.py").write_text("\n".join(lines), encoding="utf-8")

    run = judge(
        "--implementation", "derived:Queue", "--rule", "order.fifo-in-process", env={"PYTHONPATH": str(tmp_path)}
    )

    assert run.status == 0, run.output
    assert "conforms" in run.words("order.fifo-in-process")


def test_a_class_that_counts_tasks_is_a_joinable_queue(judge, tmp_path):
    lines = "from multiprocessing import queues", "class Tasks(queues.JoinableQueue):", "    pass"
    (tmp_path / "derived.py").write_text("\n".join(lines), encoding="utf-8")
    rules = "--rule", "join.blocks-until-all-done", "--rule", "api.queue-not-joinable"

    run = judge("--implementation", f"{tmp_path / 'derived.py'}:Tasks", *rules)

    assert run.status == 0, run.output
    assert "conforms" in run.words("join.blocks-until-all-done")
    assert "unsupported" in run.words("api.queue-not-joinable")


BAD_INPUT = [
    (("--start-method", "teleport"), "'teleport' is not available on this platform; it has "),
    (("--patience", "0"), "'0' is not a positive number of seconds"),
    (("--patience", "nan"), "'nan' is not a positive number of seconds"),
    (("--patience", "soon"), "'soon' is not a positive number of seconds"),
    (("--quiet-time", "-1"), "'-1' is not a positive number of seconds"),
    (("--python", "no-such-python"), "cannot run 'no-such-python' as a Python interpreter"),
    (("--python", str(Path(__file__))), "as a Python interpreter ("),
    (("--implementation", "no_such_module"), "there is no implementation named 'no_such_module' here"),
    (("--implementation", "json"), "the module 'json' has no get_context"),
    (("--implementation", "queue:__name__"), "it is not a class, but 'queue'"),
    (("--implementation", ":Queue"), "there is no implementation named ':Queue' here"),
    (("--implementation", "./queue.py:Queue"), "there is no implementation named './queue.py:Queue' here"),
    (("--implementation", "queue:NoSuchQueue"), "has no attribute 'NoSuchQueue'"),
    (("--implementation", "fault:no-such-fault"), "there is no implementation named 'fault:no-such-fault' here"),
    (("--implementation", "fault:lifi"), "named 'fault:lifi' here; did you mean fault:lifo"),
    (("--implementation", "better:flushes_in_puts"), "did you mean better:flushes-in-put or"),
    (("--rule", "get.no-such-rule"), "there is no rule 'get.no-such-rule'"),
]
"""Options, and a part of the sentence that answers them."""


def test_bad_input_is_answered_by_one_sentence():
    for (options, words), (status, printed, said) in zip(
        BAD_INPUT, outcomes(*(["judge", *options] for options, _ in BAD_INPUT))
    ):
        assert words in said, (options, said)
        assert "Traceback" not in printed + said
        assert (options, status) == (options, 4)


def test_a_python_that_is_none_is_refused_by_name(judge, tmp_path):
    program = tmp_path / ("program.bat" if os.name == "nt" else "program")
    program.write_text("@echo hello" if os.name == "nt" else "#!/bin/sh\necho hello\n")
    program.chmod(0o755)

    run = judge("--python", program)

    assert "does not behave like a Python interpreter" in run.output
    assert run.status == 4


def test_a_python_that_is_too_old_is_refused_by_version(judge, tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import sys\nsys.version_info = (3, 8, 18, 'final', 0)\n")

    run = judge("--python", _old_python(folder))

    assert "it is Python 3.8, and 3.9 is the oldest that can be judged" in run.output
    assert run.status == 4


def _old_python(folder):
    """A program that starts this interpreter and makes it call itself 3.8."""
    program = folder / ("python.bat" if os.name == "nt" else "python")
    if os.name == "nt":
        program.write_text(f'@set PYTHONPATH={folder}\n@"{sys.executable}" %*\n')
    else:
        program.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}" exec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    return program


def test_k_chooses_by_what_a_person_can_see_and_a_run_that_selected_nothing_fails(judge):
    run = judge("--rule", "get.blocks-when-empty", "-k", "timeout")

    assert run.verdicts == []
    assert run.status == 5


def test_other_tests_may_run_beside_the_specification():
    chosen = f"test_get_blocks_when_empty and {METHOD}-Queue or test_this_one_is_for_the_run_above"
    files = ("tests/spec/test_getting.py", "tests/meta/cli/test_judge.py")

    process = subprocess.run(
        [sys.executable, "-m", "pytest", *files, "-n1", "-q", "-k", chosen, "--start-method", METHOD],
        cwd=CHECKOUT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )

    assert process.returncode == 0, process.stdout
    assert "2 passed" in process.stdout


@pytest.mark.thorough
def test_the_benchmark_knows_where_the_time_of_a_run_goes(judge):
    run = judge(*RULES, "-p", "accounting", env={"PYTHONPATH": str(CHECKOUT / "bench")})

    assert run.status == 0, run.output
    assert "account: quiet time" in run.output


def test_this_one_is_for_the_run_above():
    """A test without a rule, in a module that needs the folder it is in."""
