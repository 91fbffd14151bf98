"""What an exercise forbids is refused while an answer is probed, by whatever reference, and works again afterwards."""

import pytest
import torch

from autograder.forbid import ForbiddenCall, forbidden
from miniblocks import autograd, nd
from miniblocks.nd import sigmoid

CALLS = {
    "miniblocks.nd.sigmoid": lambda: sigmoid(nd.ones(2)),  # a function, imported before
    "miniblocks.tensor.Tensor.sigmoid": lambda: nd.ones(2).sigmoid(),  # a closure
    "miniblocks.autograd.backward": lambda: _leaf().backward(),  # a function, called as a method
    "torch.sigmoid": lambda: torch.sigmoid(torch.ones(2)),  # a builtin
    "torch.Tensor.sigmoid": lambda: torch.ones(2).sigmoid(),  # a method of a class written in C++
}


def _leaf():
    x = nd.ones(2)
    x.requires_grad = True
    return x


@pytest.mark.parametrize("name, call", CALLS.items(), ids=CALLS)
def test_a_forbidden_call_is_refused_noted_and_possible_again_afterwards(name, call):
    called = []
    with forbidden([name], called), pytest.raises(ForbiddenCall, match="is disabled in this exercise"):
        call()
    assert called == [name]
    call()
    autograd.backward(_leaf())
