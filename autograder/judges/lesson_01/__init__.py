"""Lesson 01, layers and blocks: its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_01 import (
    control_flow,
    factory,
    missing_super,
    n_ways,
    parallel,
    predict_control_flow,
    registration,
    sequential,
)

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        missing_super.predict,
        missing_super.repair,
        sequential.my_sequential,
        predict_control_flow.predict_dynamic,
        registration.list_mlp,
        parallel.parallel_block,
        n_ways.parallel,
        factory.stack,
        predict_control_flow.predict_static,
        control_flow.rescale,
    )
}
