"""The bridge to nbgrader, and the only place that imports it.

config         makes a folder an ordinary nbgrader course, with our steps in place of some of nbgrader's
generate       a lesson with solutions → the learner's notebook
submission     what was handed in: quarantined, size-capped, read, mended   (imports no nbgrader)
preprocessors  our steps in nbgrader's own command: mend, run in the sandbox and judge
work           what a controller does for one submission                    (imports no nbgrader)
run            grading a class: many controllers, one writer
write          the writer: into the gradebook and beside it, all or nothing
transaction    the gradebook opened once, and one transaction a submission
record, logs   what was found; what became of each
late           due dates, extensions and penalties
best           the best of several attempts
server         the formgrader's slow buttons, in a process of their own
gradebook      reading the gradebook
feedback       the pages a learner gets back
exchange       nbgrader's own way of collecting and handing back, safe from what learners put there
"""
