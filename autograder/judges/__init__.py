"""The judges, one module a lesson: `lesson_NN.EXERCISES` maps each id to its `Exercise`."""
