"""Who may import whom. The architecture is what this test holds, not what a picture shows.

The sources are read, not imported. An import counts wherever it stands, in a function too, unless it
is under `if TYPE_CHECKING:`. Below the rules stand tests of the reader itself, on made-up sources.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "miniblocks": ROOT / "course" / "miniblocks",
    "explorers": ROOT / "course" / "explorers",
    "autograder": ROOT / "autograder",
    "benchmarks": ROOT / "benchmarks",
    "setup_env": ROOT / "setup_env",
}

# -- the rules ----------------------------------------------------------------------------------

# Dotted names, as regular expressions that must fit from the first part on, up to a dot or the end.
TAPE = r"miniblocks\.(tape|autograd)"
INIT = r"miniblocks\.init"
PARAMETER = r"miniblocks\.(nn\.)?parameters?"
BLOCK = r"miniblocks\.(nn\.)?blocks?"
LAYERS = r"miniblocks\.(nn\.)?(layers?|activations?|conv\w*|norm\w*|recurrent|rnn|pool\w*|embedding)"
GRAPH = r"miniblocks\.graph"
TRAINING = r"miniblocks\.(optim|train|loss|data)"
LEARNERS_HALF = r"autograder$|autograder\.(checking|coursemap|report|exercise|wire|probe|probes|judges|forbid|ledger|notebooks|resetting|updating)"
GRADERS_HALF = (
    r"autograder\.(grading|gradebook|sandbox|nbgrading|cli|progress|collect|classroom|export|demo|release|solved)"
)


@dataclass(frozen=True)
class Rule:
    """`who` never imports or names `never`; what `even_so` fits is let pass."""

    who: str
    never: str
    why: str
    even_so: str = r"(?!)"
    through_others: bool = False  # also not by way of other modules of ours

    def forbids(self, module: str, name: str) -> bool:
        return fits(self.who, module) and fits(self.never, name) and not fits(self.even_so, name)


RULES = [
    Rule(
        "miniblocks",
        r"torch\.(nn|autograd|optim|func)",
        "they are the oracle in tests, never the implementation",
    ),
    Rule(
        "miniblocks",
        "autograder|explorers|ipywidgets|anywidget|nbgrader|nbformat",
        "the framework stands alone",
    ),
    Rule(
        r"miniblocks(?!\.train\.board)",
        "IPython|matplotlib",
        "only the live board of training curves draws in a notebook",
    ),
    Rule(r"miniblocks\.errors", "miniblocks", "errors are the bottom"),
    Rule(
        r"miniblocks\.ops",
        "miniblocks",
        "operations work on raw arrays and know no tensor",
        even_so=r"miniblocks\.(ops|errors|device)",
    ),
    Rule(
        r"miniblocks\.tensor",
        "miniblocks",
        "a tensor knows operations, not who records or uses it",
        even_so=r"miniblocks\.(ops|errors|device|tensor)|miniblocks$",
    ),
    Rule(TAPE, f"{INIT}|{PARAMETER}|{BLOCK}|{LAYERS}|{GRAPH}|{TRAINING}", "the tape is below blocks"),
    Rule(INIT, f"{PARAMETER}|{BLOCK}|{LAYERS}|{GRAPH}|{TRAINING}", "a parameter asks its initializer"),
    Rule(PARAMETER, f"{BLOCK}|{LAYERS}|{GRAPH}|{TRAINING}", "a parameter knows nothing of its block"),
    Rule(BLOCK, TAPE, "a block knows nothing of the tape"),
    Rule(BLOCK, f"{LAYERS}|{TRAINING}", "layers are built on blocks, not the reverse"),
    Rule(LAYERS, TRAINING, "layers are built without training in mind"),
    Rule("explorers", "autograder|nbgrader", "explorers draw the framework, they grade nothing"),
    Rule(
        r"explorers\.state",
        "ipywidgets|anywidget|IPython|traitlets|explorers",
        "what to draw is computed without any widget",
        even_so=r"explorers\.state",
    ),
    Rule(
        r"autograder(?!\.nbgrading)",
        "nbgrader",
        "one sub-package knows nbgrader",
    ),
    Rule(
        r"autograder\.probes?",
        rf"autograder\.judges|{GRADERS_HALF}|nbgrader",
        "a probe runs beside the learner's code, where no judge may be",
        through_others=True,
    ),
    Rule(
        r"autograder\.judges",
        r"autograder\.probes",
        "a judge never runs the learner's code",
        through_others=True,
    ),
    Rule(
        LEARNERS_HALF,
        GRADERS_HALF,
        "learners get their half without the grader's",
        through_others=True,
    ),
]


# -- reading imports ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """A dotted name that a module imports or names, and whether on being imported itself."""

    name: str
    line: int
    at_import: bool


def fits(pattern: str, name: str) -> bool:
    return re.match(rf"(?:{pattern})(?:\.|$)", name) is not None


def uses(module: str, source: str, is_package: bool = False) -> list[Use]:
    """Every import, and every attribute reached through one (`torch.nn.functional`)."""
    found: list[Use] = []
    local: dict[str, str] = {}  # the module's own names for what it imported
    for node, at_import in walk(ast.parse(source)):
        for name, bound, to in imported(node, module, is_package):
            found.append(Use(name, node.lineno, at_import))
            local[bound] = to
    for node in ast.walk(ast.parse(source)):
        root, *path = chain(node)
        if path and root in local:
            found.append(Use(".".join([local[root], *path]), node.lineno, False))
    return found


def walk(tree: ast.AST, at_import: bool = True) -> Iterator[tuple[ast.AST, bool]]:
    """Nodes outside `if TYPE_CHECKING:`, each with whether it runs when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        yield node, at_import
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield from walk(node, at_import and not inside)


def imported(node: ast.AST, module: str, is_package: bool) -> list[tuple[str, str, str]]:
    """(dotted name, the local name it is bound to, what that local name stands for)."""
    if isinstance(node, ast.Import):
        whole = [(a.name, a.asname, a.name) for a in node.names if a.asname]
        first = [(a.name, a.name.split(".")[0]) for a in node.names if not a.asname]
        return [*whole, *((name, root, root) for name, root in first)]
    if isinstance(node, ast.ImportFrom):
        base = absolute(node, module, is_package)
        full = [(a, f"{base}.{a.name}") for a in node.names]
        return [(name, a.asname or a.name, name) for a, name in full]
    return []


def absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, *([node.module] if node.module else [])])


def chain(node: ast.AST) -> list[str]:
    """["torch", "nn"] for `torch.nn`; [""] for anything else."""
    path: list[str] = []
    while isinstance(node, ast.Attribute):
        path.insert(0, node.attr)
        node = node.value
    return [node.id, *path] if isinstance(node, ast.Name) else [""]


# -- checking -----------------------------------------------------------------------------------

Sources = dict[str, tuple[str, bool]]  # dotted name: source, is it a package's __init__?


def sources_of(package: str, folder: Path) -> Sources:
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join([package, *(parts[:-1] if is_package else parts)])
        found[name] = (path.read_text("utf-8"), is_package)
    return found


def all_uses(sources: Sources) -> dict[str, list[Use]]:
    return {name: uses(name, source, pkg) for name, (source, pkg) in sources.items()}


def target(name: str, modules: set[str] | dict) -> str | None:
    """The module of ours that a dotted name lies in: `a.b.Class` lies in `a.b`."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name or None


def edges(used: dict[str, list[Use]]) -> dict[str, set[str]]:
    """Module to the modules of ours that it imports when it is imported."""
    found: dict[str, set[str]] = {}
    for module, its_uses in used.items():
        targets = {target(use.name, used) for use in its_uses if use.at_import}
        found[module] = {name for name in targets if name not in (None, module)}
    return found


def broken_rules(sources: Sources, rules: list[Rule] = RULES) -> list[str]:
    used = all_uses(sources)
    graph = edges(used)
    complaints = []
    for module, its_uses in used.items():
        for rule in (rule for rule in rules if fits(rule.who, module)):
            for use in its_uses:
                if rule.forbids(module, use.name):
                    complaints.append(f"{module}:{use.line} uses {use.name}: {rule.why}")
            if rule.through_others:
                complaints += [
                    f"{module} reaches {name} through others: {rule.why}"
                    for name in reachable(module, graph) - graph[module]
                    if rule.forbids(module, name)
                ]
    return complaints


def reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    left = [start]
    while left:
        for name in graph[left.pop()] - seen:
            seen.add(name)
            left.append(name)
    return seen


def cycle(sources: Sources) -> list[str] | None:
    try:
        TopologicalSorter(edges(all_uses(sources))).prepare()
    except CycleError as error:
        return error.args[1]
    return None


# -- the project holds its rules ------------------------------------------------------------------

OURS: Sources = {
    name: source for package, folder in PACKAGES.items() for name, source in sources_of(package, folder).items()
}


def test_there_is_something_to_check():
    assert {"miniblocks", "autograder", "setup_env"} <= {name.split(".")[0] for name in OURS}


def test_no_rule_is_broken():
    assert broken_rules(OURS) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_import_cycle(package):
    assert cycle({name: s for name, s in OURS.items() if fits(package, name)}) is None


# -- the reader sees what it should ---------------------------------------------------------------


@pytest.mark.parametrize(
    "module, source",
    [
        ("miniblocks.nn.layers", "import torch\n\ndef f(x):\n    return torch.nn.functional.relu(x)"),
        ("miniblocks.nn.layers", "import torch as t\ny = t.nn.Linear"),
        ("miniblocks.nn.layers", "from torch import nn"),
        ("miniblocks.nn.layers", "import torch.nn as nn"),
        ("miniblocks.nn.layers", "from torch.nn.init import xavier_uniform_"),
        ("miniblocks.tape", "def f():\n    from torch import autograd"),
        ("miniblocks.optim", "import torch\nclass A(torch.optim.SGD): pass"),
        ("miniblocks.nd", "import IPython"),
        ("miniblocks.train", "from explorers import board"),
        ("miniblocks.errors", "from miniblocks import nd"),
        ("miniblocks.ops.table", "from miniblocks.tensor import Tensor"),
        ("miniblocks.ops.table", "from ..tensor import Tensor"),
        ("miniblocks.tensor", "from miniblocks.tape import record"),
        ("miniblocks.parameter", "from miniblocks.block import Block"),
        ("miniblocks.nn.parameter", "from .block import Block"),
        ("miniblocks.nn.block", "from miniblocks.tape import no_grad"),
        ("miniblocks.nn.block", "from miniblocks import autograd"),
        ("explorers.view", "import autograder"),
        ("explorers.state.tape", "import ipywidgets"),
        ("explorers.state.tape", "from explorers import view"),
        ("autograder.grading.one", "import nbgrader.api"),
        ("autograder.probes.lesson", "from autograder.judges import lesson"),
        ("autograder.probes.lesson", "from autograder import judges"),
        ("autograder.judges.lesson", "from autograder.probes import lesson"),
        ("autograder", "from autograder.cli import main"),
        ("autograder.checking", "from autograder.sandbox import base"),
        ("autograder.report", "from autograder import nbgrading"),
    ],
)
def test_a_broken_rule_is_seen(module, source):
    assert broken_rules({module: (source, False)})


@pytest.mark.parametrize(
    "module, source",
    [
        ("miniblocks.nn.layers", "import torch\ny = torch.nonzero"),
        ("miniblocks.nn.layers", "from miniblocks import nn\ny = nn.Dense"),
        ("miniblocks.graph.lower", "import torch\nimport torch.fx\ny = torch.compile"),
        ("miniblocks.ops.table", "from miniblocks.errors import ShapeError"),
        ("miniblocks.tensor", "from miniblocks import device"),
        ("miniblocks.nn.block", "if TYPE_CHECKING:\n    from miniblocks.tape import Node"),
        ("autograder.nbgrading.config", "import nbgrader"),
        ("autograder.judges.lesson", "from autograder.exercise import Case"),
        ("explorers.state.tape", "from explorers.state.arrays import picture"),
    ],
)
def test_what_is_allowed_passes(module, source):
    assert broken_rules({module: (source, False)}) == []


def test_a_rule_broken_by_way_of_another_module_is_seen():
    made_up = {
        "autograder.checking": ("from autograder.helper import x", False),
        "autograder.helper": ("from autograder.sandbox.base import y", False),
        "autograder.sandbox.base": ("", False),
    }
    assert any("through others" in complaint for complaint in broken_rules(made_up))


def test_a_cycle_is_seen_and_a_lazy_import_makes_none():
    around = {"a.x": ("from a import y", False), "a.y": ("from a.x import f", False)}
    lazy = {**around, "a.y": ("def g():\n    from a.x import f", False)}
    assert cycle(around) is not None
    assert cycle(lazy) is None


def test_relative_imports_are_understood():
    assert [use.name for use in uses("a.b", "from . import c", is_package=True)] == ["a.b.c"]
    assert [use.name for use in uses("a.b.d", "from .c import e")] == ["a.b.c.e"]
    assert [use.name for use in uses("a.b.d", "from .. import e")] == ["a.e"]
