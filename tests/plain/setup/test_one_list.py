"""pyproject.toml, requirements.lock and environment.yml say the same."""

import ast
import importlib.metadata
import re
import sys
import tomllib

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from setup_env import places
from setup_env.lockfile import CUDA, HEADER, cleaned, pins
from setup_env.problem import Problem

PROJECT = tomllib.loads(places.PYPROJECT.read_text("utf-8"))["project"]
LOCK = places.LOCK.read_text("utf-8")
CONDA = yaml.safe_load((places.ROOT / "environment.yml").read_text("utf-8"))
DECLARED = [Requirement(r) for r in PROJECT["dependencies"]]
DECLARED += [Requirement(r) for rs in PROJECT["optional-dependencies"].values() for r in rs]

PLATFORMS = [
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


def locked_for(platform: dict[str, str], python: str) -> dict[str, list[str]]:
    """Name to versions that the lock installs on one platform."""
    where = {**platform, "python_version": python, "python_full_version": python + ".0"}
    found: dict[str, list[str]] = {}
    for pin in pins(LOCK):
        if pin["marker"] is None or Marker(pin["marker"]).evaluate(where):
            found.setdefault(canonicalize_name(pin["name"]), []).append(pin["version"])
    return found


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda p: p["platform_system"])
def test_every_dependency_is_pinned_once_and_fits(platform, python):
    locked = locked_for(platform, python)
    twice = {name: versions for name, versions in locked.items() if len(versions) > 1}
    assert not twice
    for wanted in DECLARED:
        name = canonicalize_name(wanted.name)
        assert name in locked, f"{name} is in pyproject.toml and not in the lock: start.py lock"
        assert wanted.specifier.contains(locked[name][0], prereleases=True), (wanted, locked[name])


def test_the_lock_says_nothing_of_where_packages_come_from():
    pinned = [line for line in LOCK.splitlines() if not line.startswith("#")]
    assert not re.search(r"//|@|--|file:|\.whl", "\n".join(pinned))
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links", LOCK)


def test_the_lock_leaves_cuda_and_builds_of_torch_to_pip():
    names = {pin["name"]: pin["version"] for pin in pins(LOCK)}
    assert not [name for name in names if CUDA.match(name)]
    assert not [version for version in names.values() if "+" in version]
    assert names["torch"] == "2.13.0"


def test_the_lock_is_as_start_py_writes_it():
    assert LOCK == cleaned(LOCK)
    assert LOCK.startswith(HEADER)


def test_cleaning_takes_out_cuda_packages_and_local_versions():
    raw = "nvidia-cublas==13.1 ; sys_platform == 'linux'\ntorch==2.13.0+cpu\nrich==1.0 ; os_name == 'nt'\n"
    assert cleaned(raw) == HEADER + "torch==2.13.0\nrich==1.0 ; os_name == 'nt'\n"


def test_a_line_that_pins_nothing_is_refused():
    with pytest.raises(Problem, match="rich>=1"):
        pins("rich>=1\n")


def test_conda_installs_exactly_this_lock_and_this_project():
    pip_part = next(part["pip"] for part in CONDA["dependencies"] if isinstance(part, dict))
    assert pip_part == ["-r requirements.lock", "-e ."]
    assert CONDA["name"] == PROJECT["name"]


def imported_at_the_top(path):
    """What a file cannot do without; an import inside a function or a `try` may be missing."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("folder", ["autograder", "course/miniblocks", "course/explorers"])
def test_what_the_code_imports_is_declared(folder):
    declared = {canonicalize_name(requirement.name) for requirement in DECLARED}
    provided_by = importlib.metadata.packages_distributions()
    ours = {"autograder", "miniblocks", "explorers"}
    for path in sorted((places.ROOT / folder).rglob("*.py")):
        for name in set(imported_at_the_top(path)) - sys.stdlib_module_names - ours:
            providers = {canonicalize_name(p) for p in provided_by.get(name, [name])}
            assert providers & declared, f"{path}: {name} is not in pyproject.toml (then: lock)"


def test_all_agree_on_python():
    allowed = SpecifierSet(PROJECT["requires-python"])
    conda = next(part for part in CONDA["dependencies"] if str(part).startswith("python="))
    assert allowed.contains(conda.removeprefix("python="))
    door = (places.ROOT / "start.py").read_text("utf-8")
    lowest = re.search(r"sys\.version_info < \((\d+), (\d+)\)", door)
    assert lowest and str(allowed) == f">={lowest[1]}.{lowest[2]}"
