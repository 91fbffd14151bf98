"""Whether a widget may talk: not while grading, and not where no kernel listens."""

from __future__ import annotations

import os
import sys

GRADING = ("NBGRADER_EXECUTION", "AUTOGRADER_SANDBOX")


def inert() -> bool:
    """True in a grading run and outside a Jupyter kernel: an explorer then shows its still picture only."""
    if any(name in os.environ for name in GRADING):
        return True
    if "IPython" not in sys.modules:  # nobody asked for IPython, so this is no notebook
        return True
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is None
