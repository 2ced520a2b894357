"""What people install holds all that the checkout holds, and knows its own version."""

import email
import importlib.metadata
import os
import re
import subprocess
import sys
import zipfile

import pytest
from runs import CHECKOUT

from queuespec import version

PACKAGE = CHECKOUT / "src" / "queuespec"
SPECIFICATION = CHECKOUT / "tests" / "spec"


def run(*words, **changes):
    """Runs Python with these words, in an environment that makes no package known but those of `changes`."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=CHECKOUT,
        env={**environment, **changes},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert process.returncode == 0, process.stdout
    return process.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built by its own back end."""
    pytest.importorskip("hatch_vcs", reason="the extra `test` brings what builds the wheel")
    folder = tmp_path_factory.mktemp("wheel")
    run("-m", "hatchling", "build", "--target", "wheel", "--directory", folder)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


@pytest.fixture(scope="module")
def metadata(wheel):
    """The wheel's metadata, by its headers."""
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return email.message_from_string(wheel.read(name).decode())


def files_below(directory, place):
    """The files of a directory as the wheel should name them, without what running them leaves behind."""
    return {
        f"{place}/{path.relative_to(directory).as_posix()}"
        for path in directory.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def test_the_wheel_holds_the_package_and_the_specification_and_nothing_else(wheel):
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert held == files_below(PACKAGE, "queuespec") | files_below(SPECIFICATION, "queuespec/spec")


@pytest.mark.parametrize(
    "pattern",
    [
        r"queuespec/py\.typed",
        r"queuespec/pytest\.ini",
        r"queuespec/report/preface\.md",
        r"queuespec/report/page/base\.html",
        r"queuespec/report/page/style\.css",
        r"queuespec/report/page/page\.js",
        r"queuespec/results/results\.schema\.json",
        r"queuespec/results/expectations/multiprocessing\.toml",
        r"queuespec/spec/contents\.txt",
        r"queuespec/spec/test_getting\.py",
        r"queuespec/spec/roles.*\.py",
        r"queuespec/spec/items.*\.py",
        r"queuespec/spec/programs/\w+\.py",
    ],
)
def test_the_wheel_holds_what_is_no_module_of_the_package(wheel, pattern):
    assert any(re.fullmatch(pattern, name) for name in wheel.namelist())


def test_an_installed_wheel_knows_its_version_and_its_rules(wheel, metadata, tmp_path):
    wheel.extractall(tmp_path)

    told = run("-c", "import queuespec as q; print(q.__file__); print(q.__version__)", PYTHONPATH=str(tmp_path))
    assert told.splitlines() == [str(tmp_path / "queuespec" / "__init__.py"), metadata["Version"]]
    assert "get.blocks-when-empty" in run("-m", "queuespec", "list", PYTHONPATH=str(tmp_path))


def test_what_is_not_installed_and_not_in_git_has_the_version_that_means_unknown(monkeypatch):
    def nothing_is_installed(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", nothing_is_installed)
    settings = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")

    assert version.installed_version() == version.UNKNOWN
    assert f'fallback-version = "{version.UNKNOWN}"' in settings


def test_the_metadata_says_who_keeps_the_project_and_where(metadata):
    places = dict(place.split(", ") for place in metadata.get_all("Project-URL"))

    assert metadata["Author"] == "queuespec maintainers"
    assert set(places) == {"Repository", "Specification", "Changelog", "Issues"}
    assert all(place.startswith(places["Repository"]) for place in places.values())
