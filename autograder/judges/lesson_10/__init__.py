"""Lesson 10, a library of your own (the capstone): its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_10 import builder, container, exporting, initializer, reader, report, saving, tied_part

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        container.container,
        initializer.initializer,
        tied_part.tied_part,
        builder.builder,
        saving.saving,
        reader.reader,
        report.report,
        exporting.exporting,
    )
}
