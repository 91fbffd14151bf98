"""The probes, one module a lesson: `lesson_NN.EXERCISES` names those it holds."""
