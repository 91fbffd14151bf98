"""Where a learner's code runs at grading: `find` a sandbox, which starts a `worker`; `doctor` proves what it holds.

base ← spawned ← bubblewrap ← forkserver ← find        trusted, the controller's side
base ← spawned ← unsandboxed
visit ← neighbours ← doctor                            trials
frames, shell ← worker ← zygote → namespaces           run inside, beside the learner's code
"""
