"""The live initializer lab."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

import traitlets

from explorers.state.lab import ACTIVATIONS, EXAMPLE, NETWORK, SHAPE, WRITTEN, Lab
from explorers.view.lab_still import LabStill, lab_picture
from explorers.view.widget import Explorer, bundle


class LabExplorer(Explorer):
    """A chooser of initializers with sliders; the sample's histogram with the law over it; variances through depth."""

    _esm = bundle("common.js", "controls.js", "lab.js")
    _css = bundle("common.css", "charts.css", "controls.css", "lab.css")
    commands: ClassVar[tuple[str, ...]] = ("choose",)

    recipes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    sliders = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    picture = traitlets.Unicode("").tag(sync=True)

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._settings = lab.first()
        sliders = {"shape": SHAPE, "network": NETWORK}
        super().__init__(
            recipes=[recipe.as_data() for recipe in lab.recipes],
            sliders={name: [asdict(slider) for slider in group] for name, group in sliders.items()}
            | {"activations": list(ACTIVATIONS), "written": WRITTEN, "example": EXAMPLE},
        )
        self.refresh()

    def still(self) -> LabStill:
        return LabStill(self.lab, self._settings)

    def choose(self, **settings: Any) -> None:
        """Take over what the browser's controls say."""
        self._settings = self._settings.accept(settings)
        self.refresh()

    def refresh(self) -> None:
        """Draw anew: an initializer may have been changed by a cell."""
        result = self.lab.result(self._settings)
        problems = dict.fromkeys(part for part in (result.fit, result.depth) if isinstance(part, str))
        with self.hold_sync():
            self.settings = asdict(self._settings)
            self.picture = str(lab_picture(result, self._settings))
            self.status = " ".join(problems)
