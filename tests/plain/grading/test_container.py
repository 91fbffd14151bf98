"""The container's recipe agrees with the project: what it copies, installs, runs and says is there."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from autograder.sandbox import find

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "deploy" / "Containerfile").read_text()
README = (ROOT / "deploy" / "README.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PYTHON_OF_DEBIAN = {"12": "3.11"}


def steps(text):
    """(instruction, its words), comments left out and continued lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [
        (words[0], words[1:]) for line in "\n".join(lines).replace("\\\n", " ").splitlines() if (words := line.split())
    ]


STEPS = steps(TEXT)


def all_of(instruction):
    return [words for name, words in STEPS if name == instruction]


def copied():
    return {source for *sources, _ in all_of("COPY") for source in sources}


def debian_packages(text):
    found = re.findall(r"apt-get install [^&]*?--no-install-recommends ([^&]+)", text)
    return {name for names in found for name in names.split()}


def test_what_is_copied_is_there_and_holds_nothing_of_a_course():
    assert all((ROOT / source).exists() for source in copied())
    assert not any(Path(source).parts[0] in ("solutions", "submitted", ".", "build") for source in copied())


def test_what_the_wheel_is_made_of_is_copied():
    project = PROJECT["project"]
    needed = {
        project["readme"],
        *project["license-files"],
        *PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
    }
    assert needed | {"pyproject.toml", "requirements.lock"} <= copied()


def test_the_base_has_a_python_that_the_project_takes():
    ((base,),) = all_of("FROM")
    release = re.fullmatch(r"debian:(\d+)-slim", base).group(1)
    assert PYTHON_OF_DEBIAN[release] in SpecifierSet(PROJECT["project"]["requires-python"])


def test_the_lock_that_is_installed_holds_what_the_project_asks_for():
    assert any(words[:2] == ["pip", "install"] and words[-1].endswith("requirements.lock") for words in all_of("RUN"))
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if line and line[0] != "#"]
    locked = {Requirement(line).name.lower().replace("_", "-"): Requirement(line) for line in lines}
    for wanted in map(Requirement, PROJECT["project"]["dependencies"]):
        version = next(iter(locked[wanted.name.lower()].specifier)).version
        assert version in wanted.specifier, wanted


def test_the_sandbox_has_the_tools_that_ci_tests_it_with():
    ours = debian_packages(TEXT)
    of_ci = set(re.findall(r"missing\+=\(([^)]*)\)", (ROOT / ".ci" / "run").read_text()))
    assert {"bubblewrap", "util-linux", "python3", "python3-venv"} <= ours & of_ci


def test_it_runs_a_command_of_the_project_and_not_as_root():
    (entry,) = all_of("ENTRYPOINT")
    assert set(json.loads(" ".join(entry))) <= set(PROJECT["project"]["scripts"])
    names = [name for name, _ in STEPS]
    assert all_of("USER") == [["grader"]]
    assert set(names[names.index("USER") :]) <= {"USER", "ENV", "VOLUME", "WORKDIR", "ENTRYPOINT", "CMD"}


@pytest.mark.parametrize(
    "words", ["bwrap: Creating new namespace failed: Operation not permitted", "Permission denied"]
)
def test_the_flags_that_a_refusal_names_are_explained(words):
    mend = find._mend(words)
    assert "deploy/README.md" in mend
    for flag in re.findall(r"--security-opt (\S+)", mend):
        assert f"`{flag}`" in README and f"--security-opt {flag}" in README
