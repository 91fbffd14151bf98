"""The formgrader's autograde button in a real Jupyter server: safe, and nobody waits for it but who pressed it."""

import threading

import pytest

from autograder.exercise import load
from autograder.nbgrading import gradebook, run
from setup_env import commands, machine

LESSON, EXERCISE = "01-layers-and-blocks", "01-parallel-block"
SLOW = """\
import time

class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return nd.concat(self.net1(x), self.net2(x), dim=self.axis)

time.sleep(8)
"""


@pytest.fixture(autouse=True)
def a_sandbox():
    if reason := machine.why_no_sandbox():
        pytest.skip(reason)


def press(server, path):
    """Press a button; its answer comes into the list once it is there."""
    answers = []
    pressed = threading.Thread(target=lambda: answers.append(server.ask(path, post=True)))
    pressed.start()
    return pressed, answers


def test_the_server_answers_while_a_submission_is_graded(course, hand_in, serve):
    hand_in("Ada Lovelace", EXERCISE, SLOW)
    hand_in("bo", EXERCISE, "import os\nos._exit(0)")
    server = serve(*(option for option in commands.lab_options() if "extensions" in option))
    pressed, answers = press(server, f"/formgrader/api/submission/{LESSON}/Ada Lovelace/autograde")
    answered = 0
    while not answers:
        assert server.ask("/formgrader/api/status") == {"status": True}
        assert server.ask("/api/contents/solutions")["type"] == "directory"
        pressed.join(0.5)
        answered += not answers
    # The submission alone sleeps for 8 seconds; a server that graded in the request would have answered once.
    assert answered >= 5
    assert answers[0]["success"], answers[0]["log"]
    assert gradebook.submissions(course, LESSON)["Ada Lovelace"].scores[f"check-{EXERCISE}"] == load(EXERCISE).points
    assert run.is_fresh(course, LESSON, "Ada Lovelace")
    shown = server.ask(f"/formgrader/api/submission/{LESSON}/Ada Lovelace")
    assert shown["autograded"] and shown["score"] == load(EXERCISE).points

    # a hostile one ends its worker, not the server; and one that is nobody's is told as nbgrader tells it
    [pressed, answers] = press(server, f"/formgrader/api/submission/{LESSON}/bo/autograde")
    pressed.join()
    assert answers[0]["success"], answers[0]["log"]
    assert server.ask(f"/formgrader/api/submission/{LESSON}/bo")["score"] == 0
    [pressed, answers] = press(server, f"/formgrader/api/submission/{LESSON}/*/autograde")
    pressed.join()
    assert not answers[0]["success"] and answers[0]["error"] and "*" in answers[0]["log"]
    [pressed, answers] = press(server, f"/formgrader/api/assignment/{LESSON}/generate_feedback")
    pressed.join()
    assert answers[0]["success"], answers[0]["log"]
    assert (course.feedback / "Ada Lovelace" / LESSON / f"{LESSON}.html").exists()
