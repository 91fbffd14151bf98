"""What an installer is doing, on one line that moves; line by line where there is no terminal."""

import shutil
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType

TERMINAL_PAUSE = 0.2  # seconds between two drawings of the line
LOG_PAUSE = 10.0  # the same where every drawing stays: a log, a CI run


class Progress:
    """Draws `label  [done/total] what is going on  m:ss` until the `with` block ends.

    A thread draws, so the clock moves while the installer is silent: a long download, a big unpacking.
    """

    def __init__(self, label: str, count: Callable[[], str] = lambda: "") -> None:
        self.label = label
        self.count = count
        self.doing = ""
        self.started = time.monotonic()
        self.terminal = sys.stderr.isatty()
        self.over = threading.Event()
        self.drawer = threading.Thread(target=self._draw_until_over, daemon=True)

    def __enter__(self) -> "Progress":
        self._draw()
        self.drawer.start()
        return self

    def __exit__(self, kind: type | None, error: object, trace: TracebackType | None) -> None:
        self.over.set()
        self.drawer.join()
        self.doing = "done" if kind is None else "stopped"
        self._draw()
        if self.terminal:
            print(file=sys.stderr)

    def _draw_until_over(self) -> None:
        while not self.over.wait(TERMINAL_PAUSE if self.terminal else LOG_PAUSE):
            self._draw()

    def _draw(self) -> None:
        seconds = int(time.monotonic() - self.started)
        clock = f"{seconds // 60}:{seconds % 60:02}"
        text = "  ".join(part for part in (clock, self.label, self.count(), self.doing) if part)
        if not self.terminal:
            print(text, file=sys.stderr, flush=True)
            return
        width = shutil.get_terminal_size().columns - 1
        print(f"\r{text[:width]:<{width}}", end="", file=sys.stderr, flush=True)
