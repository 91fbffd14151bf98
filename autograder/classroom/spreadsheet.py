"""Tables for programs that open CSV as a spreadsheet: well quoted, and no cell of a learner's becomes a formula.

A text cell is a formula to a spreadsheet when it begins with = + - @ (or a tab or carriage return before them); so it is
for one that splits at another separator than ours. An apostrophe before it makes it text (OWASP, "CSV Injection").
Numbers, negative ones too, and texts that are nothing but a number or a dash stay as they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

NUMBER = re.compile(r"-|[+-]?\d+([.,]\d+)?")
FORMULA = re.compile(r"(^|[;,\t\r\n|])(?=[\s\"']*[=+\-@\t\r＝＋－＠])")


def write(target: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, for_spreadsheet: bool) -> None:
    """Write a CSV. A platform's importer takes plain UTF-8; a spreadsheet program needs a mark that it is UTF-8."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="", encoding="utf-8-sig" if for_spreadsheet else "utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow([inert(column) for column in columns])
        writer.writerows([inert(row.get(column, "")) for column in columns] for row in rows)


def inert(value: Any) -> Any:
    """A cell that is no formula, wherever a program thinks that a cell begins."""
    if not isinstance(value, str) or NUMBER.fullmatch(value):
        return value
    return FORMULA.sub(r"\1'", value)
