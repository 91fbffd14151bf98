"""Frames on the pipes between the trusted controller and a worker: `docs/grading.md` tells the protocol.

length (4 bytes, big endian) | a message: a dict with "kind", as `autograder.wire` writes it
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from autograder import wire

VERSION = 1
LIMITS = wire.Limits()
_LENGTH = struct.Struct(">I")

Message = dict[str, Any]


def pack(message: Message) -> bytes:
    """A message as a frame; raises `WireError` where it cannot be sent or is too long."""
    body = wire.encode(message)
    (header,) = _LENGTH.unpack_from(body)
    if len(body) > LIMITS.total_bytes or header > LIMITS.header_bytes:
        raise wire.WireError(f"a message of {len(body)} bytes is too long")
    return _LENGTH.pack(len(body)) + body


def receive(read: Callable[[int], bytes | None]) -> Message:
    """The next message; `read(n)` returns at most n bytes, none at the end.

    Raises `EOFError` at the end, and `WireError` for anything but one well-formed message.
    """
    (size,) = _LENGTH.unpack(_exactly(read, _LENGTH.size))
    if size > LIMITS.total_bytes:
        raise wire.WireError(f"a frame of {size} bytes is too long")
    message = wire.decode(_exactly(read, size), LIMITS)
    if not isinstance(message, dict) or not isinstance(message.get("kind"), str):
        raise wire.WireError("a message is a dict with a kind")
    return message


def _exactly(read: Callable[[int], bytes | None], size: int) -> bytes:
    parts: list[bytes] = []
    while size:
        part = read(min(size, 1 << 20))
        if not part:
            raise EOFError("the other side closed its pipe")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
