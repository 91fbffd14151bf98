"""The tiny lesson: its source, and right answers. Its judges and probes are in lesson_97/."""

LESSON = "97-tiny"
RIGHT = {"97-double": "def double(x):\n    return 2 * x", "97-triple": "def triple(x):\n    return x + x + x"}
SOURCE = """\
---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A tiny lesson

```{code-cell} ipython3
from autograder import check
```

Write `double`.

```{code-cell} ipython3
:answer: 97-double
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
```

```{code-cell} ipython3
:check: 97-double
check("97-double", double)
```

```{code-cell} ipython3
:answer: 97-triple
def triple(x):
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION
```

```{code-cell} ipython3
:check: 97-triple
check("97-triple", triple)
```

+++ {"manual": "97-why", "points": 3}

Why is doubling linear?

### BEGIN SOLUTION
Because f(ax + by) = a f(x) + b f(y).
### END SOLUTION

### BEGIN MARK SCHEME
3 points for the words "a straight line".
### END MARK SCHEME

+++

The end.
"""
# The second exercise, which another notebook may have, or a version of the lesson may lack.
TRIPLE = SOURCE[SOURCE.index("```{code-cell} ipython3\n:answer: 97-triple") : SOURCE.index('+++ {"manual"')]
