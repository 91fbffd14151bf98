"""A real IPython shell without messaging: runs a cell and collects its outputs in notebook format."""

from __future__ import annotations

import base64
import builtins
import getpass
import io
import os
import sys
import tempfile
from collections.abc import Iterable
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

Output = dict[str, Any]


class Outputs:
    """What one cell has put out so far, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size, self.cut = limit, 0, False
        self.entries: list[Output] = []
        self._clear_at_next = False

    def stream(self, name: str, text: str) -> None:
        kept = text[: max(0, self.limit - self.size)]
        self.cut = self.cut or len(kept) < len(text)
        if not kept or not self._room(len(kept)):
            return
        last = next((e for e in self.entries if e.get("name") == name), None)
        if last is None:
            self.entries.append({"output_type": "stream", "name": name, "parts": [kept]})
        else:
            last["parts"].append(kept)

    def add(self, output: Output) -> None:
        if self._room(_size(output) + 100):  # an empty output is not free
            self.entries.append(output)

    def update(self, display_id: Any, data: dict[str, Any]) -> None:
        for entry in self.entries:
            if display_id and entry.get("display_id") == display_id and self._room(_size(data)):
                entry["data"] = data

    def clear(self, at_next: bool = False) -> None:
        self._clear_at_next = at_next
        if not at_next:
            self.entries.clear()

    def _room(self, size: int) -> bool:
        if self._clear_at_next:
            self.clear()
        fits = self.size + size <= self.limit
        self.size += size if fits else 0
        self.cut = self.cut or not fits
        return fits

    def finished(self) -> list[Output]:
        """The outputs as nbformat has them."""
        done = [{k: v for k, v in entry.items() if k not in ("parts", "display_id")} for entry in self.entries]
        for entry, plain in zip(self.entries, done):
            if "parts" in entry:
                plain["text"] = "".join(entry["parts"])
        if self.cut:
            done.append({"output_type": "stream", "name": "stdout", "text": "[more output was cut off]\n"})
        return done


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_size(v) for v in value.values())
    if isinstance(value, list):
        return sum(_size(v) for v in value)
    return len(value) if isinstance(value, (str, bytes)) else 8


class _Hook(DisplayHook):
    shell: Shell

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.shell.outputs.add({"output_type": "execute_result", "data": _as_text(format_dict)})

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Publisher(DisplayPublisher):
    shell: Shell

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: Any = False,
        **_: Any,
    ) -> None:
        display_id, data = (transient or {}).get("display_id"), _as_text(data)
        if update:
            self.shell.outputs.update(display_id, data)
        else:
            self.shell.outputs.add({"output_type": "display_data", "data": data, "display_id": display_id})

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(at_next=wait)


def _as_text(data: dict[str, Any]) -> dict[str, str]:
    """A mime bundle of strings alone: images in base64, anything structured left out."""
    encoded = {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()}
    return {str(k): v for k, v in encoded.items() if isinstance(v, str)}


class Shell(InteractiveShell):
    """`shell.outputs` collects what the running cell puts out."""

    outputs = Outputs(0)

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        lines = [str(line) for line in stb] if isinstance(stb, list) else [str(stb)]
        self.outputs.add(error(getattr(etype, "__name__", str(etype)), _words(evalue), lines))

    def init_virtualenv(self) -> None:
        pass

    def init_io(self) -> None:
        pass

    def enable_gui(self, gui: Any = None) -> None:
        pass

    def ask_exit(self) -> None:
        print("exit() has no effect in a notebook that is being graded.")


def error(name: str, words: str, traceback: list[str] | None = None) -> Output:
    """An error output."""
    lines = [line[:20_000] for line in (traceback or [f"{name}: {words}"])[:200]]
    return {"output_type": "error", "ename": name[:200], "evalue": words[:10_000], "traceback": lines}


def _words(exception: Any) -> str:
    try:
        return str(exception)
    except Exception:
        return "(its message cannot be shown)"


class _Stream(io.TextIOBase):
    """sys.stdout or sys.stderr: into the outputs of the running cell."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, shell: Shell, name: str, fd: int) -> None:
        self._shell, self.name, self._fd = shell, name, fd
        self.buffer = _Bytes(self)

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._shell.outputs.stream(self.name, text)
        return len(text)

    def fileno(self) -> int:
        return self._fd


class _Bytes(io.RawIOBase):
    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._stream.write(bytes(data).decode("utf-8", "replace"))
        return len(data)


class _File:
    """File descriptor 1 or 2, to which child processes and compiled code write."""

    def __init__(self, name: str, fd: int) -> None:
        self.name, self.fd = name, fd
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), fd)

    def move_to(self, outputs: Outputs) -> None:
        size = os.lseek(self.fd, 0, os.SEEK_END)
        if size:
            os.lseek(self.fd, 0, os.SEEK_SET)
            text = os.read(self.fd, min(size, outputs.limit)).decode("utf-8", "replace")
            os.ftruncate(self.fd, 0)
            os.lseek(self.fd, 0, os.SEEK_SET)
            outputs.stream(self.name, text)
            outputs.cut = outputs.cut or size > outputs.limit


def _shell() -> Shell:
    """The one shell of this process."""
    config = Config()
    config.HistoryManager.enabled = False
    shell: Shell = Shell.instance(config=config, displayhook_class=_Hook, display_pub_class=_Publisher)
    shell.colors = "nocolor"
    return shell


def warm_up(sources: Iterable[str]) -> None:
    """Run cells so that what is made on first use is there, and forget what they did and put out."""
    shell = _shell()
    streams, sys.stdout, sys.stderr = (sys.stdout, sys.stderr), io.StringIO(), io.StringIO()
    for source in sources:
        shell.outputs = Outputs(1 << 20)
        shell.run_cell(source, store_history=True)
    sys.stdout, sys.stderr = streams
    shell.outputs = Outputs(0)
    shell.reset(new_session=True)
    shell.execution_count = 1


class Cells:
    """Runs cells one after the other in one shell."""

    def __init__(self, output_bytes: int) -> None:
        self._limit = output_bytes
        self.shell = _shell()
        self._files = [_File("stdout", 1), _File("stderr", 2)]
        sys.stdout = sys.__stdout__ = _Stream(self.shell, "stdout", 1)  # type: ignore[assignment, misc]
        sys.stderr = sys.__stderr__ = _Stream(self.shell, "stderr", 2)  # type: ignore[assignment, misc]
        builtins.input = getpass.getpass = _no_input

    def run(self, source: str) -> list[Output]:
        """The outputs of a cell; errors are among them, and nothing a cell raises comes out of here."""
        outputs = self.shell.outputs = Outputs(self._limit)
        try:
            self.shell.run_cell(source, store_history=True)
        except BaseException as problem:  # a learner's hooks may break the shell itself
            outputs.add(error(type(problem).__name__, _words(problem)))
        for file in self._files:
            try:
                file.move_to(outputs)
            except OSError:  # the learner's code closed it
                pass
        return outputs.finished()


def _no_input(*_: Any, **__: Any) -> str:
    raise StdinNotImplementedError("input() cannot be used in a notebook that is being graded; use a variable instead")
