"""Lesson 05, multilayer perceptrons: its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_05 import (
    activations,
    concise,
    deeper,
    initializers,
    one_neuron,
    rates,
    relu,
    scratch,
    search,
    widths,
)

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        relu.relu,
        scratch.mlp_scratch,
        concise.mlp_concise,
        widths.width,
        deeper.deeper,
        one_neuron.one_neuron,
        rates.learning_rate,
        search.joint_search,
        activations.activations,
        initializers.initialization,
    )
}
