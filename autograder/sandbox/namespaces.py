"""A process puts itself behind walls of its own, inside a sandbox that stands already: no child sees another.

What bubblewrap does for a command, done for a fork: see unshare(2), user_namespaces(7), seccomp(2), capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
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

CLONE = {"x86_64": 56, "aarch64": 220}  # its number

ALLOW_ALL = struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000)  # as seccomp.py writes its programs

_libc = ctypes.CDLL(None, use_errno=True)
_python = ctypes.PyDLL(None, use_errno=True)  # the same; Python's lock is kept during a call

Owner = tuple[int, int]  # user and group


def fork() -> int:
    """As `os.fork`, with the child as the init of new namespaces of every kind; for a process of one thread.

    unshare(2) would take one fork more, since it leaves its caller in the old PID namespace. What Python and libc put in order
    in a child is not put in order here: this one may do no more than build walls and fork.
    """
    flags = sum(NEW_NAMESPACES.values()) | signal.SIGCHLD
    pid = int(_python.syscall(*map(ctypes.c_ulong, (CLONE[os.uname().machine], flags, 0, 0, 0, 0))))
    if pid < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"clone into new namespaces: {os.strerror(code)}")
    return pid


def enclose(home: str, seccomp: bytes, owner: Owner) -> None:
    """In a child of `fork` by a process of `owner`: a file system in memory at `home`, and no rights any more."""
    _be(0, owner)  # root in these namespaces, who may mount
    os.setsid()  # out of the zygote's process group, to which `kill(0, …)` would reach
    mount_own((*FOLDERS, home))
    _call("unshare", NEW_NAMESPACES["user"])
    _be(owner[0], (0, 0))  # an ordinary user again, in a namespace that owns none of the others
    drop_rights(seccomp)
    os.chdir(home)


def _be(user: int, owner: Owner) -> None:
    """In a new user namespace: who is `owner` outside of it is `user` in it."""
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {owner[0]} 1"),
        ("gid_map", f"{user} {owner[1]} 1"),
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
    owner = os.geteuid(), os.getegid()
    if child := fork():
        os.waitpid(child, 0)
        return
    enclose(os.environ["HOME"], ALLOW_ALL, owner)
    print("ready", end="")


if __name__ == "__main__":
    rehearse()
