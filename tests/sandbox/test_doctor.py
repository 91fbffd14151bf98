"""The sandbox keeps its promises; and the trials can tell, since without walls they fail."""

import pytest

from autograder.sandbox import doctor
from autograder.sandbox.bubblewrap import Bubblewrap
from autograder.sandbox.find import find_sandbox
from autograder.sandbox.forkserver import ForkServer
from autograder.sandbox.unsandboxed import Unsandboxed


@pytest.fixture(scope="module")
def forks():
    server = find_sandbox()
    yield server
    server.close()


@pytest.mark.parametrize("name", doctor.TRIALS)
def test_the_sandbox_holds(name, forks):
    assert isinstance(forks, ForkServer)
    trial = doctor.tried(name, forks)
    assert trial.holds, trial.detail


@pytest.mark.parametrize("name", doctor.TRIALS)
def test_the_sandbox_that_stands_in_for_it_holds(name):
    trial = doctor.tried(name, Bubblewrap())
    assert trial.holds, trial.detail


def test_the_trials_fail_without_walls():
    failed = {trial.name for trial in doctor.trials(Unsandboxed()) if not trial.holds}
    assert failed >= {name for name in doctor.TRIALS if name not in HOLD_ANYWAY}


# What an ordinary process is kept from too: a clean environment, a limit on memory, our own half of the code.
HOLD_ANYWAY = {
    "holds no judge and nothing of grading",
    "has bounded memory",
    "has no network interface",
    "gains no rights",
    "inherits no open file and no shared memory",
}
