"""Rules of a user's own: judged as those of the specification are, and refused in one sentence if they cannot be."""

import json
import subprocess
import sys

import pytest
import runs
from runs import ACCUSING, CHECKOUT, META, METHOD, asked, environment, judged_says, outcomes

from queuespec.rules import chapters, sources
from queuespec.rules.sources import Source
from queuespec.rules.words import NEEDS

IMPLEMENTATIONS = META / "implementations"
BATCHES, COROUTINES = IMPLEMENTATIONS / "batch_rules.py", IMPLEMENTATIONS / "coroutine_rules.py"
BATCH = ["batch.blocks-when-empty", "batch.nonblocking-raises-empty", "batch.limited", "batch.complete"]
COROUTINE = ["coroutine.get-waits", "coroutine.others-run"]

WRONG = {
    "batches.py:BatchQueue": {},
    "batches.py:NotWaiting": {
        "batch.blocks-when-empty": "get_many() did not block: it returned []",
        "batch.nonblocking-raises-empty": "get_many(block=False) should have raised Empty, but it returned []",
    },
    "batches.py:Unlimited": {
        "batch.limited": "get_many(max_messages_to_get=2) should have returned ['a'] or ['a', 'b'], "
        "but it returned ['a', 'b', 'c']",
    },
    "batches.py:Latest": {
        "batch.limited": "get_many(max_messages_to_get=2) should have returned ['a'] or ['a', 'b'], "
        "but it returned ['b', 'a']",
        "batch.complete": "take(3) should have returned ['a', 'b', 'c'], but it returned ['c', 'b', 'a']",
    },
    "coroutines.py:CoroutineQueue": {},
    "coroutines.py:Hasty": {
        "coroutine.get-waits": "awaits('coro_get') did not block: it returned None",
        "coroutine.others-run": "gets_from_another_task('mine') should have returned 'mine', but it returned None",
    },
    "coroutines.py:Blocking": {"coroutine.others-run": "gets_from_another_task('mine') was still running"},
}
"""Queues, and the sentence for each rule that they break, without the time that a call was given."""


def rules_for(implementation):
    return (BATCHES, BATCH) if implementation.startswith(("batches", "faster_fifo")) else (COROUTINES, COROUTINE)


def own(directory, text, name="my_rules"):
    """A file of rules with this text after the imports."""
    head = "import pytest\nfrom queuespec import DOCS, Empty, each, raises, rule, untested\n"
    path = directory / f"{name}.py"
    path.write_text(f'"""Of mine.\n\nAll of them.\n"""\n\n{head}{text}', encoding="utf-8")
    return path


def a_rule(slug="mine.empty", arguments="queue", words="", body="assert queue.empty()", name="test_mine"):
    return f'''
@rule("{slug}", source="mine", kinds=("Queue",){words})
def {name}({arguments}):
    """It is mine.

    Nobody else has it.
    """
    {body}
'''


def queuespec(results, *options, directory=CHECKOUT):
    """The command line itself, from this directory."""
    words = [sys.executable, "-m", "queuespec", *map(str, options), "--results", str(results), "-p", "no:cacheprovider"]
    return runs.finished(words, results, directory, environment(PYTHONPATH=str(CHECKOUT / "src")), 300)


@pytest.mark.parametrize("implementation", WRONG)
def test_each_rule_of_the_examples_is_broken_by_a_queue_that_is_wrong_in_this_way(judge, implementation):
    file, slugs = rules_for(implementation)
    options = ("--rules", file, "--implementation", IMPLEMENTATIONS / implementation, "--patience", "3")

    run = judge(*options, *asked(slugs, [ACCUSING]))

    assert [one["rule"] for one in run.verdicts] == slugs
    broken = {
        one["rule"]: one["explanation"].partition(" after ")[0] for one in run.verdicts if one["verdict"] != "conforms"
    }
    assert broken == WRONG[implementation]
    assert run.status == (1 if broken else 0)
    assert run.output.count(f" --rules {file} ") == len(broken), "how to judge this again"


def test_every_rule_of_the_examples_has_been_seen_to_fail():
    assert {slug for broken in WRONG.values() for slug in broken} == {*BATCH, *COROUTINE}


@pytest.mark.parametrize("implementation", ["faster_fifo:Queue", "aioprocessing:AioQueue"])
def test_the_examples_judge_what_people_install(judge, implementation):
    module = implementation.partition(":")[0]
    if judged_says(f"__import__('importlib.util').util.find_spec({module!r}) is not None") != "True":
        pytest.skip(f"needs {module}, installed for the judged interpreter")
    file, slugs = rules_for(implementation)

    run = judge("--rules", file, "--implementation", implementation, *asked(slugs, runs.METHODS))

    assert run.status == 0, run.output
    assert len(run.verdicts) == len(slugs) * len(runs.METHODS)
    assert {one["verdict"] for one in run.verdicts} == {"conforms"}


@pytest.mark.parametrize("parallel", [False, True])
def test_rules_of_ones_own_are_judged_after_the_specification(judge, parallel):
    slugs = ["batch.nonblocking-raises-empty", "order.fifo-in-process"]
    implementation = IMPLEMENTATIONS / "batches.py:BatchQueue"

    run = judge("--rules", BATCHES, "--implementation", implementation, *asked(slugs), parallel=parallel)

    assert run.status == 0, run.output
    found = [(one["rule"], one["chapter"]) for one in run.verdicts if one["verdict"] == "conforms"]
    assert found == [("order.fifo-in-process", "order"), ("batch.nonblocking-raises-empty", "batch_rules")]
    assert "\nbatch rules " in run.output


@pytest.mark.parametrize("name", ["my_rules.py", "my_rules.py::test_full"])
@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_file_on_the_command_line_is_judged_alone(tmp_path, name, workers):
    own(tmp_path, a_rule() + a_rule("mine.full", "full_queue", body="assert full_queue.full()", name="test_full"))

    run = queuespec(tmp_path / "results.jsonl", name, "--start-method", METHOD, workers, directory=tmp_path)

    assert run.status == 0, run.output
    assert [one["rule"] for one in run.verdicts] == ["mine.empty", "mine.full"][name.endswith("full") :]


NOUNS = {
    "full_queue": "assert full_queue.full()",
    "queue, child, gate": 'queue.put(gate.item("a")); gate.opens(); assert child.get() == "a"',
    "queue, requires": 'requires(queue, "empty"); assert queue.empty()',
    "queue, tmp_path, facts": "assert queue.empty()",
    "queue, request": "assert queue.empty()",
    "queue, mine": "assert mine == 1",
}
FIXTURE = "\n@pytest.fixture\ndef mine():\n    return 1\n"


def test_a_test_takes_the_nouns_of_the_specification_and_fixtures_of_its_file(judge, tmp_path):
    texts = [
        a_rule(f"mine.noun{number}", arguments, body=body, name=f"test_{number}")
        for number, (arguments, body) in enumerate(NOUNS.items())
    ]
    (tmp_path / "conftest.py").write_text("raise AssertionError('a conftest.py beside the rules is not read')")

    run = judge("--rules", own(tmp_path, FIXTURE + "".join(texts)), "-k", "my_rules")

    assert run.status == 0, run.output
    assert [one["verdict"] for one in run.verdicts] == ["conforms"] * len(NOUNS)


ROLES = """
import colorsys


def where(queue):
    return colorsys.__file__


def closes(queue):
    queue.close()
    queue.join_thread()
"""


def test_a_module_beside_the_rules_hides_no_other_from_the_judged_processes(judge, tmp_path):
    (tmp_path / "my_roles.py").write_text(ROLES)
    (tmp_path / "colorsys.py").write_text("")
    body = f"assert not child.plays(my_roles.where).startswith({str(tmp_path)!r})"

    rules = own(tmp_path, "import my_roles\n" + a_rule("mine.where", "child", body=body))
    run = judge("--rules", rules, *asked(["mine.where"]))

    assert [one["verdict"] for one in run.verdicts] == ["conforms"], run.output


def test_what_the_roles_of_a_rule_need_is_found(judge, tmp_path):
    (tmp_path / "my_roles.py").write_text(ROLES)
    text = "import my_roles\n" + a_rule("mine.closes", "child", body="child.plays(my_roles.closes)")
    options = ("--rules", own(tmp_path, text), "--implementation", IMPLEMENTATIONS / "bare.py")

    run = judge(*options, *asked(["mine.closes"]), env={"LACKS": "join_thread"})

    assert [one["explanation"] for one in run.verdicts] == ["bare does not have join_thread()"], run.output


def test_an_adapter_lacks_a_capability_that_only_these_rules_need(judge):
    options = ("--rules", BATCHES, "--implementation", IMPLEMENTATIONS / "batches.py:WithoutLimit")

    run = judge(*options, *asked(["batch.limited", "batch.nonblocking-raises-empty"]))

    assert run.status == 0, run.output
    found = {one["rule"]: (one["verdict"], one["explanation"]) for one in run.verdicts}
    assert found == {
        "batch.limited": ("unsupported", "without_limit does not have batch.limit"),
        "batch.nonblocking-raises-empty": ("conforms", ""),
    }


def test_a_role_in_the_file_of_the_rules_is_a_mistake_of_the_test(judge, tmp_path):
    text = "def role(queue):\n    return 1\n" + a_rule("mine.role", "child", body="assert child.plays(role)")

    run = judge("--rules", own(tmp_path, text), *asked(["mine.role"]))

    (found,) = run.verdicts
    assert found["verdict"] == "not-run"
    assert "role is in my_rules.py, which has rules and so cannot be imported by the judged" in found["explanation"]
    assert "move it to a module beside it" in found["explanation"]


def test_a_method_that_the_queue_lacks_is_a_mistake_of_the_test(judge, tmp_path):
    run = judge("--rules", own(tmp_path, a_rule(body="queue.get_mnay()")), *asked(["mine.empty"]))

    assert [one["verdict"] for one in run.verdicts] == ["not-run"]
    assert "queue has no method 'get_mnay'" in run.verdicts[0]["explanation"]


DEVIATING = """
[[deviation]]
rule = "batch.limited"
implementation = "batches:Unlimited"
expect = "deviates"
reason = "It has no limit."
link = "https://example.org"

[[deviation]]
rule = "batch.complete"
implementation = "batches:Unlimited"
expect = "deviates"
reason = "This run does not judge it."
link = "https://example.org"
"""


def test_deviations_from_rules_of_ones_own_are_expected_and_compared(judge, tmp_path):
    (tmp_path / "known.toml").write_text(DEVIATING)
    files = [tmp_path / f"{name}.jsonl" for name in ("old", "new")]
    options = ("--rules", BATCHES, *asked(["batch.limited"], [ACCUSING]), "--expectations", tmp_path / "known.toml")
    statuses = []

    for file, name in zip(files, ("BatchQueue", "Unlimited")):
        run = judge(*options, "--implementation", IMPLEMENTATIONS / f"batches.py:{name}")
        statuses.append(run.status)
        (tmp_path / "results.jsonl").rename(file)
    (compared,) = outcomes(["compare", *map(str, files)])

    assert statuses == [0, 0]
    assert "batch.limited" in compared[1]


def test_the_rule_set_of_a_run_has_its_own_rules(judge, tmp_path):
    sets = set()
    for options in ([], ["--rules", own(tmp_path, a_rule())]):
        judge(*options, *asked(["order.fifo-in-process"]))
        sets.add(json.loads((tmp_path / "results.jsonl").read_text().splitlines()[0])["rule_set"])

    assert len(sets) == 2


def test_rules_of_ones_own_are_listed_and_explained(tmp_path):
    rules = ["--rules", str(BATCHES)]

    listed, explained, unknown, chapter = outcomes(
        ["list", *rules, "--chapter", "batch_rules", "--format", "json"],
        ["explain", *rules, "batch.limited"],
        ["explain", "batch.limited"],
        ["list", "--chapter", "batch_rule", *rules],
    )

    assert [one["slug"] for one in json.loads(listed[1])] == BATCH
    assert "source    https://github.com/alex-petrenko/faster-fifo#readme\n" in explained[1]
    assert "tests/meta/implementations/batch_rules.py:" in explained[1].replace("\\", "/")
    assert "needs batch.limit" in explained[1]
    assert unknown[0] == 4
    assert "there is no rule 'batch.limited'" in unknown[2]
    assert chapter == [4, "", "queuespec list: there is no chapter 'batch_rule'; did you mean 'batch_rules'?\n"]


def test_a_rule_of_ones_own_is_reproduced_with_its_roles(tmp_path):
    (tmp_path / "my_roles.py").write_text("def size(queue):\n    return queue.empty()\n")
    rules = own(tmp_path, "import my_roles\n" + a_rule(arguments="child", body="assert child.plays(my_roles.size)"))

    command = ["reproduce", "--rules", str(rules), "mine.empty", "--start-method", METHOD]
    program, report = outcomes(command, [*command, "--format", "markdown"])

    (tmp_path / "program.py").write_text(program[1])
    done = subprocess.run([sys.executable, str(tmp_path / "program.py")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "def size(queue):" in program[1]
    assert "queuespec --rule mine.empty --rules my_rules.py --start-method" in report[1]


GOOD = a_rule()
SLIPS = {
    "has_an_error": ("def", "cannot import 'has_an_error.py': SyntaxError: invalid syntax (has_an_error.py, line 8)"),
    "exits": ("raise SystemExit(3)", "cannot import 'exits.py': SystemExit: 3"),
    "has_no_rules": ("", "there are no rules in 'has_no_rules.py'; a rule is a test with the decorator @rule(...)"),
    "unknown_word": (
        a_rule(words=", level='promis'"),
        "cannot import 'unknown_word.py': ValueError: rule 'mine.empty': unknown level 'promis'; did you mean",
    ),
    "no_dot": (a_rule(words=", needs=('limit',)"), "unknown need 'limit'"),
    "not_https": (
        GOOD.replace('source="mine"', 'source="http://example.org"'),
        "rule 'mine.empty': source should be an https URL, or say in words what it is, but is 'http://example.org'",
    ),
    "unknown_noun": (
        a_rule(arguments="queue, chidl"),
        "unknown_noun.py: test_mine takes 'chidl', and there is no such noun; did you mean 'child'?",
    ),
    "a_program": (
        a_rule(arguments="queue, program"),
        "a_program.py: test_mine takes 'program', and there is no such noun",
    ),
    "repeated": (GOOD + a_rule(name="test_other"), "repeated.py: the rule 'mine.empty' is twice in it; choose another"),
    "known": (
        a_rule("get.blocks-when-empty"),
        "known.py: the rule 'get.blocks-when-empty' is in the chapter 'Getting' as well; choose another slug",
    ),
    "proved": (
        a_rule(words=", proves=('get.blocks-when-empty',)"),
        "proved.py: the rule 'get.blocks-when-empty' is in the chapter 'Getting' as well; choose another slug",
    ),
    "same_name": (GOOD + a_rule("mine.other"), "same_name.py: 2 functions are named 'test_mine'; rename one of them"),
    "no_test": (
        a_rule(name="mine"),
        "no_test.py: the test of mine.empty should have a name such as test_mine, but it is 'mine'",
    ),
    "not_tied": (GOOD + "def test_other(queue): ...\n", "not_tied.py: test_other has no rule; it needs the decorator"),
    "awaits": (
        GOOD.replace("def test_mine", "async def test_mine"),
        "awaits.py: test_mine is a coroutine function; a role awaits what a test calls",
    ),
    "has_a_class": (
        f"{GOOD}class TestMore:\n    def test_more(self): ...\n",
        "has_a_class.py: TestMore is a class with tests; a test is a function of the module",
    ),
    "test_getting": (GOOD, "'test_getting.py' has the name of a chapter of the specification: rename the file"),
    "json": (GOOD, "'json.py' has the name of another module: rename the file"),
    "conftest": (GOOD, "'conftest.py' has the name of another module: rename the file"),
    "my-rules": (GOOD, "'my-rules.py' cannot be imported; give it a name such as my_rules.py"),
}
"""Files, and a part of the sentence that answers each."""


def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path):
    files = [own(tmp_path, text, name) for name, (text, _) in SLIPS.items()]
    (tmp_path / "sub").mkdir()
    other = own(tmp_path / "sub", a_rule("mine.other"), "twice")
    others = {
        (tmp_path / "none.py",): f"there is no file {str(tmp_path / 'none.py')!r}",
        (tmp_path,): f"{str(tmp_path)!r} is a directory; name a file in it",
        (own(tmp_path, GOOD, "twice"), other): "two files are named 'twice.py': rename one of them",
    }
    asked_for = {(file,): words for file, (_, words) in zip(files, SLIPS.values())} | others

    found = outcomes(*(["judge", *(word for one in names for word in ("--rules", str(one)))] for names in asked_for))

    for words, (status, printed, said) in zip(asked_for.values(), found):
        assert words in said, said
        assert (status, said.count("\n"), printed) == (4, 2, ""), said


def test_other_commands_refuse_such_a_file_as_well(tmp_path):
    rules = ["--rules", str(own(tmp_path, "def", "broken"))]

    found = outcomes(["list", *rules], ["explain", *rules, "get.blocks-when-empty"], ["reproduce", *rules, "a.b"])

    assert {status for status, _, _ in found} == {4}
    assert {said.partition(": ")[2].partition(" (")[0] for _, _, said in found} == {
        "cannot import 'broken.py': SyntaxError: invalid syntax"
    }


def test_a_source_is_a_page_or_words():
    page, words = Source.of("https://example.org/a#b"), Source.of("observed in version 1.2")

    assert (page.url, page.described) == ("https://example.org/a#b", "https://example.org/a#b")
    assert (words.url, words.described) == ("", "observed in version 1.2")


def test_the_specification_itself_uses_known_words_alone():
    """Sources in words and capabilities with a dot are for a user's own rules: nothing refuses a misspelled one."""
    own = [rule for chapter in chapters() for rule in chapter.rules]

    known = {one.document for one in vars(sources).values() if isinstance(one, Source)}
    assert {source.document for rule in own for source in rule.source} <= known
    assert {need for rule in own for need in rule.needs} <= {*NEEDS}


def test_the_page_has_the_examples_as_they_are_judged():
    page = (CHECKOUT / "RULES.md").read_text(encoding="utf-8")

    for name in ("batch_rules", "batch_roles", "coroutine_rules", "coroutine_roles"):
        text = (IMPLEMENTATIONS / f"{name}.py").read_text(encoding="utf-8")
        assert f"```python\n{text}```" in page, f"{name}.py is another one in RULES.md"
