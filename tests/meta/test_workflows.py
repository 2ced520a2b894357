"""What GitHub runs is what the project says it supports, pinned, bounded, and without rights it does not need."""

import configparser
import re

import pytest
import yaml
from runs import CHECKOUT

FOLDER = CHECKOUT / ".github" / "workflows"
WORKFLOWS = sorted(path.name for path in FOLDER.glob("*.yml"))


def workflow(name):
    # BaseLoader: `on` stays a word, and versions stay text
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), yaml.BaseLoader)


def jobs():
    return [
        pytest.param(job, id=f"{name}-{job_name}")
        for name in WORKFLOWS
        for job_name, job in workflow(name)["jobs"].items()
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
    """The Pythons of the matrix, as people write them: ``3.9``, ``3.13t``, ``pypy3.11``."""
    return [row["python"] for row in matrix()["include"]]


def test_every_environment_of_tox_is_a_row_of_the_matrix():
    tox = configparser.ConfigParser()
    tox.read(CHECKOUT / "tox.ini", encoding="utf-8")
    environments = []
    for line in tox["tox"]["env_list"].split():
        start, _, rest = line.partition("{")
        alternatives, _, end = rest.partition("}")
        environments += [start + one + end for one in alternatives.split(",")]

    assert matrix()["env"] == environments


def test_every_row_of_the_matrix_installs_the_python_that_its_environment_judges():
    environments = {
        "pypy3" if row["python"].startswith("pypy3.") else "py" + row["python"].replace(".", ""): row["env"]
        for row in matrix()["include"]
    }

    assert list(environments) == list(environments.values()) == matrix()["env"]


def test_every_classifier_is_a_row_of_the_matrix():
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    classified = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text)

    assert classified == [python for python in pythons() if re.fullmatch(r"3\.\d+", python)]
    assert ('"Programming Language :: Python :: Free Threading"' in text) == any(name[-1] == "t" for name in pythons())
    assert ("Implementation :: PyPy" in text) == any(name.startswith("pypy") for name in pythons())


def test_the_readme_lists_the_pythons_of_the_matrix():
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("Pythons:"))
    listed = re.findall(r"(?:PyPy )?3\.\d+t?", line)

    assert [name.replace("PyPy ", "pypy") for name in listed] == pythons()


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
    for path in FOLDER.glob("*.yml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "uses:" in line and "@HASH" not in line:
                action, pin, version = re.search(r"uses: (\S+)@(\S+) # (v\d+\.\d+\.\d+)$", line).groups()
                pins.setdefault(action, set()).add((pin, version))

    assert all(len(found) == 1 for found in pins.values()), pins


@pytest.mark.parametrize("job", jobs())
def test_every_job_has_a_time_out(job):
    assert 0 < int(job["timeout-minutes"]) <= 60


@pytest.mark.parametrize("job", jobs())
def test_every_job_says_what_it_may_and_may_only_read(job):
    assert set(dict(job["permissions"]).values()) <= {"read"}


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


def test_a_prerelease_may_fail():
    allowed = [row["python"] for row in matrix()["include"] if row.get("prerelease") == "true"]

    assert allowed == ["3.15", "3.15t"]
    assert workflow("compatibility.yml")["jobs"]["judge"]["continue-on-error"] == "${{ matrix.prerelease || false }}"
