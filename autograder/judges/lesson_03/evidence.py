"""What a network's parameters were at a moment, as the probes of this lesson report it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Mistake, NoEvidence, Seen, describe


def states(seen: Seen, name: str) -> dict[str, Any]:
    """Parameter → its values, or why it has none."""
    value = seen[name]
    if not isinstance(value, dict) or not value:
        raise NoEvidence(
            Mistake(
                "not-observed", "the network's parameters", describe(value), "The check could not observe the network."
            )
        )
    return value


def arrays(seen: Seen, name: str) -> dict[str, np.ndarray]:
    """Parameter → its values, where every one has some."""
    found = states(seen, name)
    if missing := [key for key, value in found.items() if not isinstance(value, np.ndarray) or not value.size]:
        shown = describe(found[missing[0]])
        raise NoEvidence(
            Mistake("not-initialized", f"values for {missing[0]}", shown, "The parameter has no values any more.")
        )
    return found


def both(seen: Seen) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The values before and after, of the same parameters."""
    before, after = arrays(seen, "before"), arrays(seen, "after")
    if {name: value.shape for name, value in before.items()} != {name: value.shape for name, value in after.items()}:
        cause = "The network's layers or their shapes were changed."
        raise NoEvidence(Mistake("network-changed", ", ".join(before), ", ".join(after), cause))
    return before, after
