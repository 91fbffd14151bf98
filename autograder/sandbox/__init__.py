"""Where a learner's code runs at grading: `find` a sandbox, which starts a `worker`; `doctor` proves what it holds.

base ← bubblewrap, unsandboxed ← find ← doctor        trusted, the controller's side
frames, shell ← worker                                 run inside, beside the learner's code
"""
