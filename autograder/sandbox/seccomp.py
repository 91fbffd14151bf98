"""A filter for system calls that no notebook needs: they only widen what a hostile one could try.

Written as a classic BPF program (see seccomp(2)), which bwrap loads just before the worker starts, and each fork of a zygote on
itself. It is a list of refusals and a second wall; the namespaces are the first.
"""

from __future__ import annotations

import errno
import platform
import struct
import tempfile
from collections.abc import Collection
from typing import IO

from autograder.sandbox.base import NoSandbox

# name: (x86_64, aarch64), from the kernel's tables; None where an architecture lacks the call
REFUSED: dict[str, tuple[int | None, int | None]] = {
    # memory that no limit counts
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "semget": (64, 190),
    # new namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # wide and often broken doors into the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "personality": (135, 92),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "syslog": (103, 116),
    "modify_ldt": (154, None),
}
ARCHITECTURES = {"x86_64": (0, 0xC000003E, 56), "aarch64": (1, 0xC00000B7, 220)}  # column, audit number, clone
# It builds its children's walls, namespaces and all; they get the whole filter.
FOR_ZYGOTE = ("clone", "unshare", "mount")
CLONE3 = 435
NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag that clone knows
X32 = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


def program(allowed: Collection[str] = (), machine: str = "") -> bytes:
    """The filter for an architecture (this machine's), as bwrap's --seccomp reads it; `allowed` is not refused."""
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        raise NoSandbox(f"no filter for system calls is known for {machine}; grade on x86_64 or aarch64")
    column, audit, clone = ARCHITECTURES[machine]
    refused = (pair[column] for name, pair in REFUSED.items() if name not in allowed)
    numbers = [number for number in refused if number is not None]
    code: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":  # the same calls by other numbers
        code += [(_AT_LEAST, 0, 1, X32), (_RETURN, 0, 0, _KILL)]
    for number in numbers:
        code += [(_EQUAL, 0, 1, number), _refuse(errno.EPERM)]
    # clone3 hides its flags in memory, which a filter cannot read; without it, libc falls back to clone.
    code += [(_EQUAL, 0, 1, CLONE3), _refuse(errno.ENOSYS)]
    if "clone" not in allowed:
        code += [
            (_EQUAL, 0, 3, clone),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_ANY_BIT, 0, 1, NEW_NAMESPACES),
            _refuse(errno.EPERM),
        ]
    code += [(_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", op, yes, no, value) for op, yes, no, value in code)


def _refuse(number: int) -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, _ERRNO | number)


def filter_file(allowed: Collection[str] = ()) -> IO[bytes]:
    """An open file with the filter for this machine."""
    file = tempfile.TemporaryFile()
    file.write(program(allowed))
    file.seek(0)
    return file
