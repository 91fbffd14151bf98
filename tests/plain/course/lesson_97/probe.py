"""The probes of a made-up lesson; copied to the worker."""

from autograder.probe import probe

EXERCISES = ("97-double", "97-triple")


def _call(answer, case, see):
    with see.step("call it"):
        see["y"] = answer(case["x"])


for _id in EXERCISES:
    probe(_id)(_call)
