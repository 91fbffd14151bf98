"""The bridge to nbgrader, and the only place that imports it.

config         makes a folder an ordinary nbgrader course, with our steps in place of some of nbgrader's
generate       a lesson with solutions → the learner's notebook
submission     what was handed in: quarantined, size-capped, read, mended   (imports no nbgrader)
preprocessors  our steps: mend, run in the sandbox and judge
run            grading a class: many sandboxes, one writer to the gradebook
gradebook      reading the gradebook
feedback       the pages a learner gets back
"""
