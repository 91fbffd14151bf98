"""What a probe runs under: random numbers of its case alone, and the learner's own sequences untouched."""

import random

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.probe import _seeded
from miniblocks import nd


def drawn():
    return [random.random(), np.random.random(), torch.rand(1).item(), nd.random.uniform(shape=(1,)).asnumpy()[0]]


@given(seed=st.integers(0, (1 << 31) - 1), before=st.integers(0, 1000))
def test_a_case_has_its_own_random_numbers_and_the_learners_go_on(seed, before):
    for generator in (random.seed, np.random.seed, torch.manual_seed, nd.random.seed):
        generator(before)
    undisturbed = [drawn(), drawn()]
    for generator in (random.seed, np.random.seed, torch.manual_seed, nd.random.seed):
        generator(before)
    first = drawn()
    with _seeded(seed):
        of_the_case = drawn()
    assert [first, drawn()] == undisturbed
    own = torch.Generator().manual_seed(seed)
    assert of_the_case[:3] == [
        random.Random(seed).random(),
        np.random.RandomState(seed).random_sample(),
        torch.rand(1, generator=own).item(),
    ]
