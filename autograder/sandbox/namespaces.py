"""A process puts itself behind walls of its own, inside a sandbox that stands already: no child sees another.

What bubblewrap does for a command, done for a fork: see unshare(2), user_namespaces(7), seccomp(2), capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import re
import struct
from collections.abc import Iterable

NEW_NAMESPACES = {
    "user": 0x10000000,
    "pid": 0x20000000,
    "mount": 0x00020000,
    "network": 0x40000000,
    "ipc": 0x08000000,
    "host name": 0x04000000,
    "cgroup": 0x02000000,
}
BIND, RECURSIVE, PRIVATE, NO_SUID, NO_DEVICES, NO_EXEC = 1 << 12, 1 << 14, 1 << 18, 2, 4, 8
CAP_BOUNDING_SET_DROP, SET_NO_NEW_PRIVILEGES, SET_SECCOMP, SECCOMP_FILTER = 24, 38, 22, 2
CAPABILITIES_V3 = 0x20080522
FOLDERS = ("/tmp", "/dev/shm")
TMPFS_BYTES = 256 << 20
TMPFS_FILES = 20_000  # a file without content costs memory too

ALLOW_ALL = struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000)  # as seccomp.py writes its programs

_libc = ctypes.CDLL(None, use_errno=True)


def enclose(home: str, seccomp: bytes) -> None:
    """Go on as the init of namespaces of one's own, with a file system in memory at `home`, and without any rights.

    The calling process is gone afterwards, and a fork of it returns.
    """
    user = os.geteuid()
    _unshare(tuple(NEW_NAMESPACES), as_user=0)  # in which it is root, and may mount
    if os.fork():
        os._exit(0)
    os.setsid()  # out of the zygote's process group, to which `kill(0, …)` would reach
    mount_own((*FOLDERS, home))
    _unshare(("user",), as_user=user)  # an ordinary user again, in one that owns none of the others
    drop_rights(seccomp)
    os.chdir(home)


def _unshare(kinds: tuple[str, ...], as_user: int) -> None:
    user, group = os.geteuid(), os.getegid()
    _call("unshare", sum(NEW_NAMESPACES[kind] for kind in kinds))
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{as_user} {user} 1"),
        ("gid_map", f"{as_user} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(content)


def mount_own(folders: tuple[str, ...]) -> None:
    """An empty file system in memory over each folder, terminals of one's own, and a /proc of this PID namespace."""
    _mount("none", "/", None, RECURSIVE | PRIVATE)
    kept = {point: os.open(point, os.O_PATH) for point in mounts_below(folders)}
    for folder in folders:
        _mount("tmpfs", folder, "tmpfs", NO_SUID | NO_DEVICES, f"size={TMPFS_BYTES},nr_inodes={TMPFS_FILES},mode=0700")
    for point, shown in kept.items():  # an installation may lie beneath /tmp
        os.makedirs(point)
        _mount(f"/proc/self/fd/{shown}", point, None, BIND | RECURSIVE)
        os.close(shown)
    _mount("devpts", "/dev/pts", "devpts", NO_SUID | NO_EXEC, "newinstance,ptmxmode=0666,mode=620")
    _mount("proc", "/proc", "proc", NO_SUID | NO_DEVICES | NO_EXEC)


def mounts_below(folders: tuple[str, ...]) -> list[str]:
    """The folders beneath these that something is mounted on; of several in one another the outermost."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        points = sorted(re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), line.split(" ")[4]) for line in lines)
    found: list[str] = []
    for point in points:
        if _beneath(point, folders) and point not in found and not _beneath(point, found):
            found.append(point)
    return found


def _beneath(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def drop_rights(seccomp: bytes) -> None:
    """No capability, none to be had again, and a filter for system calls; for this process and all after it."""
    capability = 0
    while _libc.prctl(CAP_BOUNDING_SET_DROP, ctypes.c_ulong(capability), 0, 0, 0) == 0:
        capability += 1
    _call("capset", struct.pack("II", CAPABILITIES_V3, 0), bytes(24))
    _call("prctl", SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    code = ctypes.create_string_buffer(seccomp, len(seccomp))
    program = struct.pack("HxxxxxxP", len(seccomp) // 8, ctypes.addressof(code))  # struct sock_fprog
    _call("prctl", SET_SECCOMP, SECCOMP_FILTER, program, 0, 0)


def _mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    _call("mount", *(text and text.encode() for text in (source, target, kind)), flags, data and data.encode())


def _call(name: str, *arguments: int | bytes | str | None) -> None:
    words = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    if getattr(_libc, name)(*words) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}{arguments}: {os.strerror(code)}")


def rehearse() -> None:
    """Print "ready" from within walls of one's own, if it is allowed here to build them."""
    until_end, end = os.pipe()
    if os.fork():
        os.close(end)
        os.read(until_end, 1)
        return
    enclose(os.environ["HOME"], ALLOW_ALL)
    print("ready", end="")


if __name__ == "__main__":
    rehearse()
