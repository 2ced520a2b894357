"""What GitHub runs is what the project says it supports, pinned, bounded, and without rights it does not need."""

import configparser
import functools
import json
import os
import re
import subprocess
import sys

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version
from runs import CHECKOUT, facts_of
from test_implementations import PACKAGES, identified

from queuespec.rules import chapters

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DIRECTORY = CHECKOUT / ".github" / "workflows"
WORKFLOWS = sorted(path.name for path in DIRECTORY.glob("*.yml"))
PUBLISHING = ("release-publish", "compatibility-publish")
"""The jobs that may do more than read: they publish what other jobs have made."""


@functools.cache
def data(path):
    """What a YAML file of the checkout holds; BaseLoader, so that `on` stays a word, and versions stay text."""
    return yaml.load((CHECKOUT / path).read_text(encoding="utf-8"), yaml.BaseLoader)


def workflow(name):
    return data(DIRECTORY / name)


def settings():
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))


def tox():
    found = configparser.ConfigParser(interpolation=None)
    found.read(CHECKOUT / "tox.ini", encoding="utf-8")
    return found


def jobs(but=()):
    return [
        pytest.param(job, id=f"{name[:-4]}-{job_name}")
        for name in WORKFLOWS
        for job_name, job in workflow(name)["jobs"].items()
        if f"{name[:-4]}-{job_name}" not in but
    ]


def steps():
    return [
        pytest.param(step, id=f"{name}-{job_name}-{number}")
        for name in WORKFLOWS
        for job_name, job in workflow(name)["jobs"].items()
        for number, step in enumerate(job["steps"])
    ]


def matrix():
    return workflow("compatibility.yml")["jobs"]["judge"]["strategy"]["matrix"]


def pythons():
    """The released Pythons of the matrix, as people write them: ``3.9``, ``3.13t``, ``pypy3.11``."""
    return [row["python"] for row in matrix()["include"] if "prerelease" not in row]


def expanded(name):
    """The names that tox makes of one with alternatives in braces."""
    start, _, rest = name.partition("{")
    alternatives, _, end = rest.partition("}")
    return [start + one + end for one in alternatives.split(",")]


def test_every_environment_of_tox_is_a_row_of_the_matrix():
    assert matrix()["env"] == [name for line in tox()["tox"]["env_list"].split() for name in expanded(line)]


def test_every_row_of_the_matrix_installs_the_python_that_its_environment_judges():
    environments = {
        "pypy3" if row["python"].startswith("pypy3.") else "py" + row["python"].replace(".", ""): row["env"]
        for row in matrix()["include"]
    }

    assert list(environments) == list(environments.values()) == matrix()["env"]


def test_every_classifier_is_a_row_of_the_matrix():
    start = "Programming Language :: Python :: "
    classified = [line[len(start) :] for line in settings()["project"]["classifiers"] if line.startswith(start)]

    assert [name for name in classified if re.fullmatch(r"3\.\d+", name)] == [
        name for name in pythons() if re.fullmatch(r"3\.\d+", name)
    ]
    assert ("Free Threading" in classified) == any(name[-1] == "t" for name in pythons())
    assert ("Implementation :: PyPy" in classified) == any(name.startswith("pypy") for name in pythons())


def test_everything_begins_with_the_same_python():
    oldest = pythons()[0]
    texts = {
        name: (CHECKOUT / name).read_text(encoding="utf-8") for name in ("README.md", "src/queuespec/actors/probe.py")
    }

    assert settings()["project"]["requires-python"] == f">={oldest}"
    assert settings()["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    assert f"CPython {oldest} and later" in texts["README.md"]
    assert f"version < [{oldest.replace('.', ', ')}]" in texts["src/queuespec/actors/probe.py"]


def test_every_released_python_of_the_matrix_is_judged_for_other_projects():
    given = workflow("judge.yml")["on"]["workflow_call"]["inputs"]["pythons"]["default"]

    assert json.loads(given) == pythons()


def test_the_readme_names_every_input_of_the_workflow_for_other_projects():
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8").partition("judge.yml@")[2].partition("judge.yml")[0]

    assert sorted({*re.findall(r"`([a-z-]+)`", text), *re.findall(r"^      ([a-z]+): ", text, re.M)}) == sorted(
        workflow("judge.yml")["on"]["workflow_call"]["inputs"]
    )


def test_the_readme_lists_the_pythons_of_the_matrix():
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("Pythons:"))
    listed = re.findall(r"(?:PyPy )?3\.\d+t?", line)

    assert [name.replace("PyPy ", "pypy") for name in listed] == pythons()


SYSTEMS = {"ubuntu": "Linux", "macos": "Darwin", "windows": "Windows"}


def facts_of_the_cells():
    """The facts of every cell of the matrix with a released Python."""
    for row in matrix()["include"]:
        name, number, suffix = re.fullmatch(r"(pypy)?([\d.]+)(t?)", row["python"]).groups()
        python = (*map(int, number.split(".")), 99)  # the newest maintenance release
        for system in matrix()["os"]:
            if "prerelease" not in row and {"os": system, "env": row["env"]} not in matrix()["exclude"]:
                implementation = name or "cpython"
                about = {"python_implementation": implementation, "free_threaded": bool(suffix)}
                yield facts_of(SYSTEMS[system.partition("-")[0]], python, **about)


def test_every_rule_applies_in_a_cell_of_the_matrix():
    cells = [(facts, method) for facts in facts_of_the_cells() for method in facts.start_methods]
    rules = [rule for chapter in chapters() for rule in chapter.rules if rule.test]

    nowhere = [rule.slug for rule in rules if all(rule.not_applicable(facts, method) for facts, method in cells)]
    assert nowhere == []


def test_every_excluded_cell_would_otherwise_exist():
    for cell in matrix()["exclude"]:
        assert cell["os"] in matrix()["os"]
        assert cell["env"] in matrix()["env"]


@pytest.mark.parametrize("step", steps())
def test_every_action_is_pinned_by_its_commit(step):
    used = step.get("uses", "")

    assert not used or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", used), used


def test_every_pin_names_its_version_and_an_action_has_one_pin():
    pins = {}
    for path in DIRECTORY.glob("*.yml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "uses:" in line:
                action, pin, version = re.search(r"uses: (\S+)@(\S+) # (v\d+\.\d+\.\d+)$", line).groups()
                pins.setdefault(action, set()).add((pin, version))

    assert all(len(found) == 1 for found in pins.values()), pins


@pytest.mark.parametrize("job", jobs())
def test_every_job_has_a_timeout(job):
    assert 0 < int(job["timeout-minutes"]) <= 60


@pytest.mark.parametrize("job", jobs(but=PUBLISHING))
def test_every_job_says_what_it_may_and_may_only_read(job):
    assert set(dict(job["permissions"]).values()) <= {"read"}


def test_the_job_that_publishes_may_sign_and_runs_nothing_of_the_repository():
    job = workflow("release.yml")["jobs"]["publish"]

    assert job["permissions"] == {"id-token": "write", "attestations": "write"}
    assert job["environment"] == "pypi"
    assert not any("actions/checkout" in step.get("uses", "") for step in job["steps"])


def test_the_job_that_publishes_the_page_may_do_only_that_and_runs_nothing_of_the_repository():
    job = workflow("compatibility.yml")["jobs"]["publish"]
    deploying, linking = job["steps"]

    assert job["permissions"] == {"pages": "write", "id-token": "write"}
    assert "github.event_name != 'pull_request'" in job["if"]
    assert "github.ref_name == github.event.repository.default_branch" in job["if"]
    assert deploying["uses"].startswith("actions/deploy-pages@")
    assert linking["run"].startswith('echo "[') and linking["run"].endswith('($PAGE)" >> "$GITHUB_STEP_SUMMARY"')


def test_the_page_is_made_of_this_run_and_compared_with_the_last_ones():
    run = "\n".join(step.get("run", "") for step in workflow("compatibility.yml")["jobs"]["page"]["steps"])

    assert '--status success --limit "$KEPT"' in run
    assert 'words+=(--earlier "$file")' in run
    assert 'queuespec page results/*.jsonl "${newest[@]}" "${words[@]}" --output site' in run


def test_main_is_measured_every_week_and_every_earlier_measurement_is_kept():
    job = workflow("compatibility.yml")["jobs"]["measure"]
    run = "\n".join(step.get("run", "") for step in job["steps"])

    assert "schedule" in workflow("compatibility.yml")["on"]
    assert "github.event_name == 'schedule'" in job["if"]
    assert 'gh run download "$run" --name measurements --dir measurements' in run
    assert 'queuespec measure --for 400 --results "$new"' in run
    assert job["steps"][-1]["with"]["path"] == "measurements"


@pytest.mark.skipif(sys.platform == "win32", reason="the workflow runs this on Linux")
@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_newest_measurement_is_shown_and_the_others_are_its_history(count, tmp_path):
    script = workflow("compatibility.yml")["jobs"]["page"]["steps"][-2]["run"]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "queuespec").write_text('#!/bin/sh\necho "$@" >> "$CALLS"\n', encoding="utf-8")
    (tmp_path / "bin" / "queuespec").chmod(0o755)
    for name in ("results", "measured", "site"):
        (tmp_path / name).mkdir()
    (tmp_path / "results" / "a.jsonl").touch()
    for day in range(1, count + 1):
        (tmp_path / "measured" / f"2026-01-0{day}T0417.jsonl").touch()
    env = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "CALLS": str(tmp_path / "calls")}
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=env, check=True)
    first = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()[0]

    newest = [f"measured/2026-01-0{count}T0417.jsonl"] if count else []
    older = [word for day in range(1, count) for word in ("--earlier", f"measured/2026-01-0{day}T0417.jsonl")]
    assert first.split() == ["page", "results/a.jsonl", *newest, *older, "--output", "site"]


def test_the_workflow_for_others_makes_a_page_on_request_without_more_rights():
    called = workflow("judge.yml")
    steps = [step for step in called["jobs"]["table"]["steps"] if "inputs.page" in step.get("if", "")]

    assert called["on"]["workflow_call"]["inputs"]["page"]["default"] == "false"
    assert any("queuespec page results/*.jsonl --output site" in step.get("run", "") for step in steps)
    assert steps[-1]["uses"].startswith("actions/upload-pages-artifact@")
    assert called["jobs"]["table"]["permissions"] == {}


def test_the_readme_publishes_that_page_with_the_rights_of_our_own_job():
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    ours = workflow("compatibility.yml")["jobs"]["publish"]
    (job,) = (
        job
        for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
        for job in yaml.load(block, yaml.BaseLoader)["jobs"].values()
        if "permissions" in job
    )

    assert job["permissions"] == ours["permissions"]
    assert job["needs"] == "queuespec"
    assert re.fullmatch(r"actions/deploy-pages@v\d+", job["steps"][0]["uses"])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_grants_nothing_that_a_job_does_not_ask_for(name):
    assert workflow(name)["permissions"] == {}


@pytest.mark.parametrize("job", jobs())
def test_one_red_cell_does_not_stop_the_others(job):
    assert "strategy" not in job or job["strategy"]["fail-fast"] == "false"


@pytest.mark.parametrize("step", steps())
def test_nothing_is_expanded_into_the_text_of_a_shell(step):
    assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("name", [name for name in WORKFLOWS if "pull_request" in workflow(name)["on"]])
def test_an_outdated_run_is_cancelled(name):
    assert workflow(name)["concurrency"]["cancel-in-progress"] == "true"


@pytest.mark.parametrize("name", ["ci.yml", "compatibility.yml"])
def test_the_last_job_needs_all_others_and_asks_for_each(name):
    *others, last = workflow(name)["jobs"]
    job = workflow(name)["jobs"][last]

    assert job["needs"] == others
    assert job["if"] == "always()"
    assert list(job["steps"][0]["env"].values()) == [f"${{{{ needs.{other}.result }}}}" for other in others]


def test_only_a_prerelease_may_fail():
    allowed = [row["python"] for row in matrix()["include"] if row.get("prerelease") == "true"]

    assert allowed == ["3.16", "3.16t"]
    assert workflow("compatibility.yml")["jobs"]["judge"]["continue-on-error"] == "${{ matrix.prerelease || false }}"


def test_whatever_tox_checks_runs_in_a_workflow():
    sections = [name.partition(":")[2] for name in tox().sections() if name.startswith("testenv:")]
    environments = {name for section in sections for name in expanded(section)}
    named = ("check", "meta", "implementations")
    run = {name for job in named for name in workflow("ci.yml")["jobs"][job]["strategy"]["matrix"]["env"]}
    steps = workflow("ci.yml")["jobs"]["coverage"]["steps"]

    assert {"run": "tox run -e coverage"} in steps
    assert environments - run - {"coverage"} == {"bench", "grid"}  # measures and shows; fails nothing


def test_every_implementation_has_an_environment_and_its_extra():
    section = next(name for name in tox().sections() if name.startswith("testenv:implementation-"))
    given = dict(line.split(": ") for line in tox()[section]["extras"].split("\n") if ":" in line)
    extras = set(settings()["project"]["optional-dependencies"])

    installed = {identified(name).partition("-")[2] for name, package in PACKAGES.items() if package}

    assert set(expanded(section.partition(":")[2])) == set(map(identified, PACKAGES))
    assert given == {name: name for name in installed}
    assert extras - {"browser", "completion", "measure", "page", "test"} == installed


def test_every_file_that_github_reads_is_checked_by_its_schema():
    commands = tox()["testenv:lint"]["commands"]
    files = [path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / ".github").rglob("*.yml")]

    assert files
    assert [name for name in files if not re.search(rf"(?<!\S){re.escape(name)}(?!\S)", commands)] == []


def test_pre_commit_runs_the_checks_of_tox():
    (local,) = data(".pre-commit-config.yaml")["repos"]
    hooks = {name.partition("[")[0] for hook in local["hooks"] for name in hook["additional_dependencies"][:1]}
    checks = {name.partition("[")[0] for env in ("lint", "types") for name in tox()[f"testenv:{env}"]["deps"].split()}

    assert local["repo"] == "local"  # the index of packages is all that it needs
    assert checks - hooks == {"import-linter", "towncrier"}  # these look at the whole, not at files
    assert hooks <= checks


def test_the_oldest_packages_are_those_that_the_package_allows():
    def versions(lines, operator):
        found = {one.name: one.specifier for one in map(Requirement, lines)}
        return {name: Version(str(specifier).removeprefix(operator)) for name, specifier in found.items()}

    promised = versions(settings()["project"]["dependencies"], ">=")

    assert versions(tox()["testenv:oldest"]["deps"].strip().splitlines(), "==") == promised
    assert Version(settings()["tool"]["pytest"]["ini_options"]["minversion"]) == promised["pytest"]


REPEATED = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ".github"]
"""Files and directories that may say where the project lives."""


def test_the_project_lives_where_its_settings_say():
    urls = settings()["project"]["urls"]
    owner = re.fullmatch(r"https://github\.com/([\w-]+)/queuespec", urls["Repository"]).group(1)
    paths = [file for path in REPEATED for file in [CHECKOUT / path, *(CHECKOUT / path).rglob("*")] if file.is_file()]
    told = {
        name: set(re.findall(r"(?:github\.com/|uses: )([\w-]+)/queuespec\b", path.read_text(encoding="utf-8")))
        for path in paths
        for name in [path.relative_to(CHECKOUT).as_posix()]
    }

    assert {name for name, owners in told.items() if owners} >= {"README.md", ".github/ISSUE_TEMPLATE/config.yml"}
    assert {name: owners for name, owners in told.items() if owners - {owner}} == {}
    assert all(url.startswith(urls["Repository"]) for url in urls.values())


def test_the_workflow_that_the_readme_calls_is_there_with_its_inputs():
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    (block,) = (one for one in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "uses:" in one)
    call = yaml.load(block, yaml.BaseLoader)["jobs"]["queuespec"]
    path, _, revision = call["uses"].partition("@")
    called = data(path.split("/", 2)[2])

    assert re.fullmatch(r"v\d+\.\d+\.\d+", revision)
    assert set(call["with"]) <= set(called["on"]["workflow_call"]["inputs"])


def test_every_issue_form_asks_for_what_it_needs():
    forms = {path.stem: data(path) for path in (CHECKOUT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")}
    del forms["config"]
    fields = {name: {field.get("id") for field in form["body"]} for name, form in forms.items()}

    assert set(forms) == {"accused-queue", "bug", "new-rule"}
    assert {"rule", "results"} <= fields["accused-queue"]
    assert "versions" in fields["bug"]
    assert {"sentence", "source", "level"} <= fields["new-rule"]


def test_every_fragment_of_the_changelog_is_of_a_known_kind():
    kinds = {kind["directory"] for kind in settings()["tool"]["towncrier"]["type"]}
    names = [path.name for path in (CHECKOUT / "changes").iterdir() if path.name != "README.md"]

    assert [name for name in names if not re.fullmatch(rf"[^.]+\.({'|'.join(kinds)})\.md", name)] == []
    assert kinds == set(
        re.findall(r"^\| `(\w+)` \|", (CHECKOUT / "changes" / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
