"""Lesson 10, a library of your own: the probes of its exercises."""

from autograder.probes.lesson_10 import builder, container, exporting, initializer, reader, report, saving, tied_part

EXERCISES = (
    *container.EXERCISES,
    *initializer.EXERCISES,
    *tied_part.EXERCISES,
    *builder.EXERCISES,
    *saving.EXERCISES,
    *reader.EXERCISES,
    *report.EXERCISES,
    *exporting.EXERCISES,
)
