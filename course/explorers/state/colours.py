"""The diverging colour map of the heatmaps: blue below zero, near-white at zero, orange to brown above.

Blue against orange stays apart in all common kinds of colour blindness, and lightness alone tells the magnitude.
"""

from __future__ import annotations

from functools import cache

import numpy as np

ANCHORS = np.array(
    [(10, 32, 82), (25, 84, 150), (74, 146, 205), (168, 206, 233), (247, 247, 246)]
    + [(250, 209, 152), (230, 147, 52), (175, 84, 10), (84, 32, 4)]
)
NOT_FINITE_COLOUR = (190, 0, 190)


@cache
def palette() -> np.ndarray:
    """256 × 3 bytes: levels 0 to 254 from -limit to limit, and level 255 for what is not finite."""
    places, at = np.linspace(0, 254, len(ANCHORS)), np.arange(255)
    colours = np.stack([np.interp(at, places, channel) for channel in ANCHORS.T], axis=1)
    return np.vstack([np.rint(colours), NOT_FINITE_COLOUR]).astype(np.uint8)
