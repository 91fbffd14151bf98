"""The environment variables of a worker: these, and none of the operator's."""

from __future__ import annotations

import os


def worker_environment(home: str, course: str, site_folders: tuple[str, ...] = ()) -> dict[str, str]:
    """One thread for each numeric library: a learner's code shares the machine with its neighbours'."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return one_thread | {
        "HOME": home,
        "USER": "learner",
        "LOGNAME": "learner",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join((course, *site_folders)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # nbgrader's own variable: a notebook can ask whether it is being graded
        "NBGRADER_EXECUTION": "autograde",
    }
