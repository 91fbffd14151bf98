"""Outputs of a cell, built anew from what a worker sent: known keys only, nothing that runs, bounded in size.

A feedback page and the formgrader show these beside the instructor's own session, so a learner's HTML
keeps its tables and loses whatever could act.
"""

from __future__ import annotations

import base64
import io
import re
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from nbformat import NotebookNode, from_dict
from PIL import Image

from autograder.exercise import Report
from autograder.grading.deadline import TooLong, deadline
from autograder.report import as_html, as_text

TEXTS = ("text/plain", "text/markdown", "text/latex")
IMAGES = ("image/png", "image/jpeg", "image/gif")
MAX_PIXELS = 25_000_000  # a picture of few bytes may unpack to gigabytes in the browser
MAX_HTML = 300_000
HTML_SECONDS = 10.0  # for all of a notebook: its HTML may be made to be slow
MAX_OUTPUTS = 500
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_CODE = re.compile(r"<(/?)(?:style|script)\b[^>]{0,200}>", re.IGNORECASE)  # bounded: the HTML may be made to be slow
_TAGS = "table thead tbody tfoot tr th td caption colgroup col div span p br hr b i u em strong code pre ul ol li dl dt dd small sub sup h1 h2 h3 h4 h5 h6".split()
_ATTRIBUTES = {
    "*": ["class", "style", "title", "role", "aria-label"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
}
_CSS = CSSSanitizer(
    allowed_css_properties=[
        "text-align",
        "color",
        "background-color",
        "font-weight",
        "font-style",
        "font-family",
        "white-space",
        "padding",
        "margin",
        "border",
        "width",
    ]
)


class Room:
    """The bytes that a notebook's outputs may still take, and the seconds that cleaning its HTML may."""

    def __init__(self, size: int, seconds: float = HTML_SECONDS) -> None:
        self.left, self.seconds = size, seconds

    def take(self, size: int) -> bool:
        fits = size <= self.left
        self.left -= size if fits else 0
        return fits


def rebuild(sent: Iterable[Any], count: int, cell_bytes: int, room: Room) -> list[Any]:
    """The outputs as nbformat has them; what is unknown, malformed or too much is left out."""
    mine, built = Room(cell_bytes), []
    for entry in list(sent)[:MAX_OUTPUTS]:
        output = _rebuild(entry, count, room)
        if output is None:
            continue
        size = len(str(output))
        if not (mine.take(size) and room.take(size)):
            built.append(said("[more output was left out]"))
            break
        built.append(output)
    return built


def _output(kind: str, **content: Any) -> NotebookNode:
    """An output as nbformat has it; the whole notebook is validated when it is written."""
    given: dict[str, Any] = {"metadata": {}} if "data" in content else {}
    return from_dict({"output_type": kind, **given, **content})


def _rebuild(entry: Any, count: int, room: Room) -> Any:
    match entry:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return _output("stream", name=name, text=clean(text))
        case {"output_type": "display_data", "data": dict(data)}:
            return _output("display_data", data=_bundle(data, room))
        case {"output_type": "execute_result", "data": dict(data)}:
            return _output("execute_result", data=_bundle(data, room), execution_count=count)
        case {"output_type": "error", "ename": str(name), "evalue": str(words), "traceback": list(lines)}:
            return failed(name, words, [line for line in lines if isinstance(line, str)])
    return None


def _bundle(data: dict[str, Any], room: Room) -> dict[str, str]:
    texts = {kind: clean(data[kind]) for kind in TEXTS if isinstance(data.get(kind), str)}
    images = {
        kind: data[kind] for kind in IMAGES if isinstance(data.get(kind), str) and _can_be_shown(kind, data[kind])
    }
    bundle = {"text/plain": "(this output is not shown here)"} | texts | images
    html = data.get("text/html")
    if isinstance(html, str) and len(html) <= MAX_HTML and (cleaned := _cleaned(html, room)) is not None:
        bundle["text/html"] = cleaned
    return bundle


def _can_be_shown(kind: str, data: str) -> bool:
    """Whether this is a picture of that kind, of a size that a browser can unpack; its head alone is read."""
    if not _BASE64.fullmatch(data):
        return False
    try:
        with Image.open(io.BytesIO(base64.b64decode(data)), formats=[kind.removeprefix("image/")]) as picture:
            return picture.width * picture.height <= MAX_PIXELS
    except Exception:  # Pillow raises what its parts raise on damaged input
        return False


def _cleaned(html: str, room: Room) -> str | None:
    """HTML without what could act; None when that takes longer than the notebook still has."""
    if room.seconds <= 0:
        return None
    begin = time.monotonic()
    try:
        with deadline(room.seconds):
            return _harmless(clean(html))
    except (TooLong, RecursionError):
        return None
    finally:
        room.seconds -= time.monotonic() - begin


@lru_cache(maxsize=32)
def _harmless(html: str) -> str:
    """Kept, since a class shows the same tables over and over, and this takes longest of all that outputs go through."""
    return bleach.clean(_without_code(html), _TAGS, _ATTRIBUTES, css_sanitizer=_CSS, strip=True)


def _without_code(html: str) -> str:
    """HTML without what stands in <style> and <script>: with the tags alone taken out, a reader would see it as text."""
    first, *rest = _CODE.split(html)
    return first + "".join(text for slash, text in zip(rest[::2], rest[1::2]) if slash)


def clean(text: str) -> str:
    """Text that can be stored anywhere: lone surrogates break UTF-8, and NUL breaks databases."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def said(text: str) -> Any:
    """A line that the grader adds to a cell's outputs."""
    return _output("stream", name="stdout", text=f"{text}\n")


def failed(name: str, words: str, lines: list[str] | None = None) -> Any:
    """An error output."""
    traceback = [clean(line) for line in lines or [f"{name}: {words}"]]
    return _output("error", ename=clean(name), evalue=clean(words), traceback=traceback)


def reported(report: Report, count: int) -> list[Any]:
    """A graded cell's outputs: the report, and the one number that nbgrader reads as the score."""
    shown = {"text/plain": clean(as_text(report)), "text/html": clean(as_html(report))}
    score = _output("execute_result", data={"text/plain": repr(report.result)}, execution_count=count)
    return [_output("display_data", data=shown), score]
