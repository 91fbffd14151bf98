"""`Explorer`: the base of the widgets. Commands come from the browser, traits go to it, and a still picture stays.

The browser sends `{"do": command, …, "ticket": …}` and holds back the next command until `answered` shows the ticket
(see `courier` in assets/common.js), which keeps a busy kernel from being flooded. JupyterLab gives widgets' messages to a
subshell, a thread beside the one in which cells run; an explorer hands them back to that one, so that nothing of a
learner's changes while a cell is at work. There the kernel ignores interrupts between cells, so they are let in for the
time of a command: a learner's endless loop can be ended.

An explorer is displayed as two outputs: a still picture and, after it, the live widget. Style sheets hide whichever is
of no use: the picture while the widget lives, the widget's error line in a notebook opened again without its kernel.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import anywidget
import traitlets
from IPython import get_ipython
from IPython.display import display

from explorers.view.still import asset


def bundle(*names: str) -> str:
    """Several assets as one text: each widget carries all that it needs."""
    return "\n".join(asset(name) for name in names)


class Explorer(anywidget.AnyWidget):
    """A widget that obeys `commands` from the browser and keeps a still picture of itself."""

    commands: ClassVar[tuple[str, ...]] = ()  # the methods that a browser may call, beside `keep`
    answered = traitlets.List(["", 0]).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._cells = running_loop()  # which runs the cells: this explorer was made in one
        super().__init__(_view_count=0, **traits)
        self._handle: Any = None
        self.on_msg(lambda _, message, buffers: self.obey(message))
        self._follow_cells()

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        """A message from the browser, in whatever thread it came, is carried out between two cells."""
        if self._cells is None or self._cells is running_loop():
            super()._handle_msg(msg)
        else:
            self._cells.call_soon_threadsafe(self._carry_out, msg)

    def _carry_out(self, msg: dict[str, Any]) -> None:
        with suppress(KeyboardInterrupt), interruptible():
            super()._handle_msg(msg)

    def obey(self, message: dict[str, Any]) -> None:
        """Carry out a command from the browser; an error becomes the status, and is answered as well."""
        arguments = {key: value for key, value in message.items() if key not in ("do", "each", "ticket")}
        with self.hold_sync():
            try:
                if message.get("do") not in (*self.commands, "keep"):
                    raise ValueError(f"there is no command {message.get('do')!r}")
                getattr(self, message["do"])(**arguments)
            except KeyboardInterrupt:
                self.status = "Interrupted."
            except (Exception, SystemExit) as error:  # whatever it is, the learner sees it and the browser goes on
                self.status = f"{type(error).__name__}: {error}"
            self.answered = message.get("ticket", self.answered)

    def still(self) -> Any:
        """What stays when there is no kernel: an object with text and HTML."""
        raise NotImplementedError(f"{type(self).__name__} should define still()")

    def refresh(self) -> None:
        """Read everything anew; called after each cell that was run."""
        raise NotImplementedError(f"{type(self).__name__} should define refresh()")

    def _ipython_display_(self) -> None:
        self._handle = display(self.still(), display_id=True)
        view = self._repr_mimebundle_()
        assert view is not None, "the widget is closed"
        data, metadata = view
        display({**data, "text/plain": ""}, metadata=metadata, raw=True)

    def keep(self) -> None:
        """Draw the still picture anew; the browser asks for it when the learner has paused."""
        if self._handle is not None:
            self._handle.update(self.still())

    def _follow_cells(self) -> None:
        """Refresh after each cell. The reference is weak: an explorer that is let go of is not kept for it."""
        shell = get_ipython()
        if shell is None:
            return
        here = weakref.ref(self)

        def after_cell(*_: Any) -> None:
            explorer = here()
            if explorer is None or explorer.comm is None:
                shell.events.unregister("post_run_cell", after_cell)
            elif explorer._view_count:  # somebody looks at it
                explorer.refresh()
                explorer.keep()

        shell.events.register("post_run_cell", after_cell)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that is running in this thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside, the kernel's interrupt raises KeyboardInterrupt, as it does in a cell."""
    if threading.current_thread() is not threading.main_thread():  # signals reach no other
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
