"""What the lessons draw with: one look for all plots, tables that say the same in words, and small drawings of networks.

Colours are Okabe and Ito's, which can be told apart with any colour vision; text and axes are of a grey that is
readable on a light and on a dark page, and never by colour alone is anything told: lines differ in dashes and marks.
"""

from explorers.figures.record import draw_record
from explorers.figures.sharing import draw_sharing
from explorers.figures.style import (
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    HATCHES,
    MARKERS,
    ORANGE,
    SIGNED,
    STYLES,
    lines,
    set_style,
    table,
)
from explorers.figures.tree import draw_tree
from explorers.figures.unwritten import if_written, once_written

__all__ = [
    "BLUE",
    "COLOURS",
    "GREEN",
    "GREY",
    "HATCHES",
    "MARKERS",
    "ORANGE",
    "SIGNED",
    "STYLES",
    "draw_record",
    "draw_sharing",
    "draw_tree",
    "if_written",
    "lines",
    "once_written",
    "set_style",
    "table",
]
