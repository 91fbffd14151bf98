"""What the formgrader shows of a learner's cells, made inert: it stands beside the instructor's own session."""

from __future__ import annotations

import re
from typing import Any

from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode

from autograder.nbgrading.feedback import TAGS

STYLES = (
    "border-left",
    "border-collapse",
    "padding",
    "margin",
    "text-align",
    "white-space",
    "font-weight",
    "opacity",
    "float",
)


class Inert(SanitizeHTML):
    """HTML keeps its tables and loses what could act; Markdown links become text, attached pictures stay."""

    tags = [*TAGS, "div", "span", "b", "i", "details", "summary"]
    attributes = {"*": ["style", "role", "scope"]}
    styles = list(STYLES)
    strip = True

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> Any:
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if cell.cell_type == "markdown":  # nbconvert's renderer lets [x](javascript:…) through
            cell.source = re.sub(r"\]\((?!attachment:)", "] (", cell.source).replace("]:", "] :")
        return cell, resources
