"""The live stepper: the whole story goes to the browser once, and every step is taken there."""

from __future__ import annotations

import traitlets

from explorers.state.tape import Story
from explorers.view.stepper_still import StepperStill
from explorers.view.stepper_svg import drawing
from explorers.view.widget import Explorer, bundle


class Stepper(Explorer):
    """The graph, buttons and a slider for the step, and what is known of the chosen node.

    `position` is the step that is shown; it follows the browser, a moment later, and may be set.
    """

    _esm = bundle("common.js", "controls.js", "canvas.js", "stepper.js")
    _css = bundle("common.css", "controls.css", "drawing.css")

    story = traitlets.Dict().tag(sync=True)
    svg = traitlets.Unicode("").tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)

    def __init__(self, story: Story) -> None:
        self._still = StepperStill(story)
        super().__init__(story=story.as_data(), svg=drawing(story))

    @traitlets.validate("position")
    def _within(self, proposal: traitlets.Bunch) -> int:
        return max(0, min(proposal.value, len(self.story.get("steps", ())) - 1))

    def still(self) -> StepperStill:
        return self._still

    def refresh(self) -> None:
        """Nothing: the record was read when the stepper was made."""

    def keep(self) -> None:
        """Nothing: the still picture shows all steps already."""

    def _follow_cells(self) -> None:
        """Nothing: later cells change nothing here."""
