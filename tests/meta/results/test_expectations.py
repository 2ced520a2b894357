"""Declared deviations: expected, strict, and never without a reason."""

import json

import pytest
from runs import ACCUSING, META, judged_says, rest
from samples import RULE, header, text_of, verdict

from queuespec.__main__ import main
from queuespec.cli.expectations import drafts
from queuespec.results import BadFile, expectations
from queuespec.rules import OBSERVED, Rule, chapters

ENTRY = """
[[deviation]]
rule = "get.blocks-when-empty"
implementation = "fault:get-hangs-in-c"
expect = "hangs"
reason = "It waits in C."
"""
HANGING = (
    *("--implementation", "fault:get-hangs-in-c", "--start-method", ACCUSING, "--patience", "1"),
    *("--rule", RULE, "-k", f"{ACCUSING}-Queue"),
)
ONE_WORKER = {True: ("-n1",), False: ()}
CONFORMING = ENTRY.replace("fault:get-hangs-in-c", "multiprocessing")


@pytest.fixture
def expect(tmp_path):
    """Writes a file of entries; gives the option that names it."""

    def write(text):
        path = tmp_path / "expectations.toml"
        path.write_text(text)
        return ("--expectations", path)

    return write


@pytest.mark.parametrize("parallel", rest([False, True], [True]))
def test_a_run_that_deviates_as_declared_succeeds_and_says_so(judge, expect, tmp_path, parallel):
    run = judge(*HANGING, *expect(ENTRY), *ONE_WORKER[parallel], parallel=parallel)

    assert run.status == 0, run.output
    assert run.words(RULE) == {"hangs"}
    assert run.of(RULE)[0]["declared"]["reason"] == "It waits in C."
    assert "hangs, as expected: It waits in C.\n" in run.output
    assert "with 1 expected deviation." in run.output
    first = (tmp_path / "results.jsonl").read_text(encoding="utf-8").partition("\n")[0]
    assert json.loads(first)["options"]["deviations"] == ["expectations.toml"]
    assert json.loads(first)["python_version"] == judged_says("platform.python_version()")


def test_a_deviation_of_another_kind_than_declared_fails(judge, expect):
    run = judge(*HANGING, *expect(ENTRY.replace('"hangs"', '"deviates"')))

    assert run.status == 1
    assert "it hangs, but" in run.output
    assert "says that it deviates (It waits in C.)" in run.output


@pytest.mark.parametrize("parallel", rest([False, True], [False]))
def test_what_conforms_again_fails(judge, expect, parallel):
    options = ("--start-method", ACCUSING, "--rule", RULE, *expect(CONFORMING), *ONE_WORKER[parallel])

    run = judge(*options, parallel=parallel)

    assert run.status == 1
    assert run.words(RULE) == {"conforms"}
    assert "it conforms, but" in run.output
    assert "remove the rule there" in run.output


NOT_ASKED_FOR = [
    ("multiprocessing", "billiard"),
    ('expect = "hangs"', 'expect = "hangs"\npython = "<3"'),
    ('expect = "hangs"', 'expect = "hangs"\nsystem = "Plan 9"'),
    ('expect = "hangs"', 'expect = "hangs"\nversion = ">=2"'),
    ('expect = "hangs"', 'expect = "hangs"\nstart-method = "forkserver"'),
    ('rule = "get.blocks-when-empty"', 'rule = "put.returns-before-flush"'),
]
"""Changes to an entry, each of which makes it one for what is not judged here."""


def test_what_is_unstable_may_conform_and_an_entry_for_what_was_not_asked_for_is_no_fault(judge, expect):
    entries = [CONFORMING.replace(*change) for change in NOT_ASKED_FOR]
    entries.append(CONFORMING + 'unstable = true\nkind = "Queue"\n')

    run = judge("--start-method", ACCUSING, "--rule", RULE, *expect("\n".join(entries)))

    assert run.status == 0, run.output
    assert "unstable, conforms this time: It waits in C.\n  get.blocks-when-empty: Queue " in run.output
    declared = {one["kind"]: one["declared"] is not None for one in run.of(RULE)}
    assert [kind for kind, has_an_entry in declared.items() if has_an_entry] == ["Queue"]
    assert len(declared) == 5


def test_an_entry_that_matches_nothing_fails(judge, expect):
    entries = [
        CONFORMING.replace('rule = "get.blocks-when-empty"', 'rule = "get.no-such-rule"'),
        CONFORMING.replace('expect = "hangs"', 'expect = "hangs"\nkind = "NoQueue"'),
        CONFORMING.replace('expect = "hangs"', 'expect = "hangs"\nstart-method = "frok"'),
    ]

    run = judge("--start-method", ACCUSING, "--rule", RULE, *expect("\n".join(entries)))

    assert run.status == 1
    assert run.words(RULE) == {"conforms"}
    assert run.output.count("is not a rule with a test") == 1, run.output
    assert run.output.count("matches no judged verdict") == 2, run.output
    assert "violates no rule, but the run fails: 3 problems, listed above." in run.output


def test_rules_that_share_an_entry_are_expected_one_by_one(judge, expect):
    rules = (RULE, "get.no-such-rule", "look.fresh-queue-is-empty")
    entry = ENTRY.replace(f'"{RULE}"', str([*rules]))

    run = judge(*HANGING, "--rule", "look.fresh-queue-is-empty", *expect(entry))

    assert run.status == 1
    assert run.words(RULE) == {"hangs"}
    assert "hangs, as expected: It waits in C.\n" in run.output
    assert "expectations.toml, entry 1: get.no-such-rule is not a rule with a test" in run.output
    assert "look.fresh-queue-is-empty: it conforms, but " in run.output
    assert run.output.count("entry 1") == 2, run.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ENTRY.replace("It waits in C.", ""), "'reason' is empty; say in one sentence why it deviates"),
        (ENTRY.replace("It waits in C.", " \\n "), "'reason' is empty"),
        (ENTRY.replace('reason = "It waits in C."', ""), "'reason' is missing"),
        (ENTRY.replace('"hangs"', '"conforms"'), "'expect' should be one of deviates, hangs, crashes"),
        (ENTRY + "pyhton = '3'", "'pyhton' is unknown; did you mean 'python'?"),
        (ENTRY + "unstable = 1", "'unstable' should be true or false"),
        (ENTRY + "kind = []", "'kind' should be a string or a list of strings"),
        (ENTRY.replace('"get.blocks-when-empty"', "[]"), "'rule' should be a string or a list of strings"),
        (ENTRY.replace('"get.blocks-when-empty"', "['a', 3]"), "'rule' should be a string or a list of strings"),
        (ENTRY.replace('"get.blocks-when-empty"', "['a', ' ']"), "'rule' is empty"),
        (ENTRY.replace('"get.blocks-when-empty"', "['a', 'b', 'a']"), "'rule' names one twice"),
        (ENTRY.replace('rule = "get.blocks-when-empty"', ""), "'rule' is missing"),
        (ENTRY + "python = '3 or so'", "'python' should be a specifier such as '>=3.13,<3.15'"),
        ("deviation = 3", "each entry should begin with [[deviation]]"),
        ("[deviations]", "'deviations' is unknown"),
        ("[[deviation", "is not valid TOML"),
        (ENTRY.encode("utf-16"), "is in UTF-16; save it as UTF-8"),
        (b"#" * 5_000_000, "is longer than 4,000,000 bytes"),
        ("\ud800".encode("utf-8", "surrogatepass"), "is not valid TOML"),
    ],
)
def test_an_entry_that_says_nothing_of_use_is_refused_with_a_sentence(tmp_path, text, words):
    path = tmp_path / "some.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())

    with pytest.raises(BadFile) as refused:
        expectations.read(path)

    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "some.toml").write_text(ENTRY, encoding="utf-8-sig")

    assert [entry.rule for entry in expectations.read(tmp_path / "some.toml")] == [RULE]


def test_a_file_that_is_not_there_is_a_usage_error(judge):
    run = judge("--expectations", "nowhere.toml")

    assert run.status == 4
    assert "--expectations: cannot read nowhere.toml" in run.output


def test_conditions_narrow_an_entry_to_where_it_holds():
    conditions = {"version": ">=4,<5", "python": ">=3.13", "system": ("macOS",)}
    entry = expectations.Expectation(rule="a", implementation="billiard", expect="hangs", reason="x", **conditions)

    def subject(**changes):
        return header(**{**fits, **changes}).subject

    fits = {
        "implementation": "billiard",
        "implementation_version": "4.2.1",
        "python_version": "3.15.0a3",
        "system": "Darwin",
    }

    assert entry.concerns(subject())
    assert not entry.concerns(subject(implementation_version="5.0"))
    assert not entry.concerns(subject(implementation_version="who knows"))
    assert not entry.concerns(subject(python_version="3.12.9"))
    assert not entry.concerns(subject(system="Linux"))

    entry = expectations.Expectation(rule="a", implementation="b", expect="hangs", reason="x", parameters=("1", "2"))

    assert [number for number in ("1", "2", "3", "") if entry.matches("a", "Queue", "fork", number)] == ["1", "2"]


def test_implementations_that_share_an_entry_are_expected_one_by_one(tmp_path):
    names = ["multiprocessing", "torch.multiprocessing"]
    (tmp_path / "some.toml").write_text(ENTRY.replace('"fault:get-hangs-in-c"', str(names)), encoding="utf-8")

    assert [entry.implementation for entry in expectations.read(tmp_path / "some.toml")] == names


def test_what_the_package_declares_can_be_read():
    assert all(entry.reason for entry in expectations.known())


def test_drafts_are_by_cause_and_say_where_it_is_seen(tmp_path, capsys):
    both = ("fork", "spawn")
    two = [(method, kind) for method in both for kind in ("Queue", "SimpleQueue")]
    (tmp_path / "run.jsonl").write_text(
        text_of(
            [
                *(verdict("b.all", "hangs", start_method=method, kind=kind) for method, kind in two),
                *(verdict("a.all", "hangs", start_method=one, explanation='it said "no"\x1b') for one in both),
                verdict("a.fork", "hangs"),
                verdict("a.fork", start_method="spawn"),
                *(verdict("a.kind", "hangs", start_method=one) for one in both),
                *(verdict("a.kind", start_method=one, kind="SimpleQueue") for one in both),
                verdict("a.only", "hangs"),
                verdict("a.crash", "crashes"),
                verdict("a.good"),
                verdict("hazard", "hangs", gates=False),
                verdict("known", "hangs", declared={"expected": "hangs", "reason": "x"}),
            ],
            implementation="billiard",
            implementation_version="4.2.1+local",
        )
    )

    main(["expectations", str(tmp_path / "run.jsonl")])

    (tmp_path / "draft.toml").write_text(capsys.readouterr().out)
    entries = expectations.read(tmp_path / "draft.toml")
    explanation = "no explanation"
    assert [(one.rule, one.start_method, one.kind, one.expect, one.reason) for one in entries] == [
        ("a.all", (), (), "hangs", 'it said "no"\\x1b'),
        ("a.crash", (), (), "crashes", explanation),
        ("a.fork", ("fork",), (), "hangs", explanation),
        ("a.kind", (), ("Queue",), "hangs", explanation),
        ("a.only", (), (), "hangs", explanation),
        ("b.all", (), (), "hangs", explanation),
    ]
    assert {(one.version, one.python, one.system) for one in entries} == {(">=4.2.1", "", ("Linux",))}
    assert {one.where.rpartition(" ")[2] for one in entries if one.rule in ("a.only", "b.all")} == {"5"}
    judged = header(implementation="billiard", implementation_version="4.2.1+local").subject
    assert all(entry.concerns(judged) for entry in entries)


def test_drafts_for_what_has_no_version_are_about_this_python_and_later_ones():
    drafted = drafts(header(implementation="queue"), [verdict(verdict="hangs")])

    assert 'python = ">=3.14.1"\npython-implementation = "cpython"\n' in drafted
    assert "\nversion" not in drafted


def test_drafts_of_a_run_that_was_narrowed_are_as_narrow():
    narrow = header(start_methods=["spawn"], options={"keyword": "Queue"})

    drafted = drafts(narrow, [verdict(verdict="hangs", start_method="spawn")])

    assert 'start-method = ["spawn"]\nkind = ["Queue"]\n' in drafted


@pytest.mark.parametrize("narrowed", [False, True])
def test_an_entry_is_not_missed_where_its_rule_applies_under_what_was_not_asked_for(narrowed):
    entry = expectations.Expectation("a.rule", "multiprocessing", "hangs", "So it is.")
    found = [verdict("a.rule", "not-applicable")]
    rule = Rule("a.rule", "promise", (OBSERVED,), "It is so.", "It was made so.", kinds=("Queue",))

    said = expectations.idle([entry], found, [rule], ("fork", "spawn"), narrowed)

    assert bool(said) is not narrowed


def test_an_entry_for_what_another_test_also_proves_names_the_rule_of_that_test():
    entry = expectations.Expectation("a.part", "multiprocessing", "hangs", "So it is.", where="known.toml, entry 1")

    rule = Rule("a.rule", "promise", (OBSERVED,), "A sentence.", "A reason.", proves=("a.part",))

    (said,) = expectations.idle([entry], [], [rule], ("fork",))

    assert said == "known.toml, entry 1: a.part is covered by the test for a.rule; declare it under a.rule"


def test_what_deviates_whatever_its_parameters_is_one_draft():
    def drafted(*verdicts):
        return drafts(header(), verdicts).count("[[deviation]]")

    both = [verdict(verdict="hangs", parameters=name) for name in ("ValueError", "OSError")]

    assert drafted(*both) == 1
    assert "parameters" not in drafts(header(), both)
    apart = [*both, verdict(parameters="other")]
    assert drafted(*apart) == 1
    assert 'parameters = ["OSError", "ValueError"]\n' in drafts(header(), apart)


ROUND_TRIPS = {
    "a fault": HANGING,
    "an adapter": (
        *("--implementation", META / "implementations" / "on_a_server.py"),
        *("--rule", "put.timeout-negative", "--strict"),
    ),
}


@pytest.mark.parametrize("judging", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
def test_drafts_of_a_run_make_the_next_run_succeed(judge, tmp_path, capsys, judging):
    run = judge(*judging)
    assert run.status == 1, run.output
    main(["expectations", str(tmp_path / "results.jsonl")])
    (tmp_path / "known.toml").write_text(capsys.readouterr().out)

    again = judge(*judging, "--expectations", tmp_path / "known.toml")

    assert again.status == 0, again.output
    assert " expected deviation" in again.output


def test_an_entry_about_a_hazard_is_idle():
    rule = next(rule for chapter in chapters() for rule in chapter.rules if rule.level == "hazard" and rule.test)
    entry = expectations.Expectation(rule.slug, "multiprocessing", "deviates", "It has no such danger.")
    found = [verdict(rule.slug, "absent", level="hazard", gates=False)]

    (said,) = expectations.idle([entry], found, [rule], ("fork",))

    assert f"{rule.slug} is a hazard, which never fails a run; remove it" in said
