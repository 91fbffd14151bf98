"""Every attack, through our command and through nbgrader's: held, or not."""

import pytest

from tests.hostile.attacks import ATTACKS
from tests.hostile.course import SECRET

TOKENS = ("TOKEN-", SECRET.hex(), "SQLite format 3", b"TOKEN-".hex())
COMMANDS = ("ours", "stock")


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_held(name, command, request, record_property):
    """The score of its honest twin, nothing learned, nothing reached."""
    course, outcome = request.getfixturevalue(command)
    attack, student = ATTACKS[name], course.student_of[name]
    result, twin = outcome.results.get(student, {}), outcome.results[course.twin_of[name]]
    score, message = result.get("score"), result.get("message", "")
    seen = outcome.seen[student]

    wrong = list(outcome.harm[name])
    wrong += [f"it learned {token!r}" for token in TOKENS if token in seen]
    if attack.ungraded:
        wrong += [] if score is None else ["it was graded"]
        wrong += [] if command == "stock" or attack.ungraded in message else [f"the reason is {message!r}"]
    elif score != twin["score"]:
        wrong.append(f"its score is {score}, and its twin's {twin['score']}: {message!r}")
    if attack.says and command == "ours" and attack.says not in message:
        wrong.append(f"the message lacks {attack.says!r}")

    shown = "–" if score is None else f"{score:g}"
    row = (command, attack.family, name, shown, f"{twin['score']:g}", "; ".join(wrong) or "held", message[:80])
    record_property("attacks", row)
    assert not wrong, message


@pytest.mark.parametrize("command", COMMANDS)
def test_the_honest_have_what_they_deserve(command, request):
    """Twins and neighbours, graded among the attackers: what their known answers state."""
    course, outcome = request.getfixturevalue(command)
    honest = {student: one.deserves for student, one in course.class_.items() if one.attack is None}
    assert {student: outcome.results[student]["score"] for student in honest} == honest
    if command == "ours":
        assert not [student for student in honest if "removed" in outcome.results[student]["message"]]


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_left_and_nobody_spoke_to_the_network(command, request, listener):
    _, outcome = request.getfixturevalue(command)
    assert outcome.left == []
    assert listener.heard == []
