"""Lesson 06, autograd internals: its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_06 import (
    accumulation,
    by_hand,
    clamp,
    logsumexp,
    own_tape,
    predictions,
    sigmoid,
    straight_through,
    update,
)

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        by_hand.by_hand,
        predictions.which_leaves,
        predictions.predict_accumulation,
        accumulation.accumulation,
        update.no_grad_update,
        own_tape.own_tape,
        sigmoid.stable_sigmoid,
        clamp.clamp,
        logsumexp.logsumexp,
        straight_through.straight_through,
    )
}
