"""The public surface: what a module says it exports is there and documented; examples in docstrings run."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import miniblocks

PUBLIC = ["nd", "nd.random", "autograd", "nn", "init", "loss", "optim", "data", "train", "graph"]
MODULES = [m.name for m in pkgutil.walk_packages(miniblocks.__path__, "miniblocks.")]


@pytest.mark.parametrize("name", MODULES)
def test_all_names_exist_and_every_module_says_what_it_is(name):
    module = importlib.import_module(name)
    assert module.__doc__
    assert all(hasattr(module, n) for n in getattr(module, "__all__", ()))


@pytest.mark.parametrize("name", PUBLIC)
def test_public_classes_and_functions_are_documented(name):
    module = importlib.import_module(f"miniblocks.{name}")
    names = getattr(module, "__all__", [n for n in vars(module) if not n.startswith("_")])
    simple = {
        "exp",
        "log",
        "sqrt",
        "abs",
        "sign",
        "sin",
        "cos",
        "tanh",
        "sum",
        "mean",
        "softmax",
        "log_softmax",
        "logsumexp",
        "is_recording",
    }
    simple |= {"zeros", "ones", "full", "zeros_like", "ones_like"}  # named as in every array library
    missing = [
        n
        for n in names
        if (inspect.isclass(o := getattr(module, n)) or inspect.isfunction(o))
        and o.__module__.startswith("miniblocks")
        and not o.__doc__
        and n not in simple
    ]
    assert not missing


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    with miniblocks.nn.fresh_names():
        assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    found = sum(len(t.examples) for n in MODULES for t in doctest.DocTestFinder().find(importlib.import_module(n)))
    assert found >= 10
