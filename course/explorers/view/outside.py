"""The live widget around the JavaScript runtime: the browser loads the file's bytes, and computes; the kernel is not asked."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import traitlets

from explorers.state.outside import Question
from explorers.view.outside_still import OutsideStill
from explorers.view.widget import Explorer, bundle

RUNTIME = ("values.mjs", "operations.mjs", "minirun.mjs")  # each after those that it imports


def runtime() -> str:
    """The runtime's modules as one text: a widget is one module, so imports and exports between them go."""
    folder = resources.files("miniblocks.graph") / "outside"
    text = "\n".join((folder / name).read_text("utf-8") for name in RUNTIME)
    return re.sub(r"^(import .*?;$|export (?=const|function))", "", text, flags=re.MULTILINE)


class OutsideExplorer(Explorer):
    """A file, its inputs, and a table with the browser's outputs beside Python's."""

    _esm = "\n".join((bundle("common.js"), runtime(), bundle("outside.js")))
    _css = bundle("common.css", "outside.css")

    title = traitlets.Unicode("").tag(sync=True)
    content = traitlets.Bytes(b"").tag(sync=True)
    inputs: traitlets.List[Any] = traitlets.List().tag(sync=True)
    outputs: traitlets.List[Any] = traitlets.List().tag(sync=True)  # Python's
    computed: traitlets.List[Any] = traitlets.List().tag(sync=True)  # the browser's, on the inputs as they came

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__(
            title=OutsideStill(question).title,
            content=question.content,
            inputs=[value.as_data() for value in question.inputs],
            outputs=[value.as_data() for value in question.outputs],
        )

    def still(self) -> OutsideStill:
        return OutsideStill(self.question)

    def refresh(self) -> None:
        """Nothing: the file was read when the widget was made."""
