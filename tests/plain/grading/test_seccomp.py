"""The system call filter, run by a small interpreter of BPF, and its numbers against the kernel's own headers."""

import re
import struct
from pathlib import Path

import pytest

from autograder.sandbox import namespaces, seccomp

ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
MACHINES = tuple(seccomp.ARCHITECTURES)
READ, CLONE = {"x86_64": 0, "aarch64": 63}, {"x86_64": 56, "aarch64": 220}
SIGCHLD, THREAD, NEWUSER = 17, 0x3D0F00, 0x10000000


def decide(machine, number, argument=0, audit=None, allowed=()):
    """What the filter returns for a system call."""
    code = list(struct.iter_unpack("=HBBI", seccomp.program(allowed, machine)))
    data = struct.pack("=IIQ6Q", number, audit or seccomp.ARCHITECTURES[machine][1], 0, argument, *[0] * 5)
    at = accumulator = 0
    while True:
        operation, yes, no, value = code[at]
        at += 1
        if operation == 0x06:
            return value
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[operation]
            at += yes if holds else no


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_refused_and_what_is_allowed(machine):
    column = seccomp.ARCHITECTURES[machine][0]
    refused = {pair[column] for pair in seccomp.REFUSED.values() if pair[column] is not None}
    for number in range(600):
        if number not in (435, CLONE[machine]):
            assert decide(machine, number) == (EPERM if number in refused else ALLOW), number
    assert READ[machine] not in refused


def test_what_the_zygote_clones_with_is_what_the_filter_knows():
    assert namespaces.CLONE == {machine: row[2] for machine, row in seccomp.ARCHITECTURES.items()}
    assert sum(namespaces.NEW_NAMESPACES.values()) == seccomp.NEW_NAMESPACES


@pytest.mark.parametrize("machine", MACHINES)
def test_processes_and_threads_but_no_namespaces(machine):
    assert decide(machine, CLONE[machine], SIGCHLD) == ALLOW
    assert decide(machine, CLONE[machine], THREAD) == ALLOW
    assert decide(machine, 435) == ENOSYS
    for bit in (0x20000, 0x2000000, 0x4000000, 0x8000000, NEWUSER, 0x20000000, 0x40000000):
        assert decide(machine, CLONE[machine], bit | SIGCHLD) == EPERM
    assert decide(machine, CLONE[machine], NEWUSER | 1 << 40) == EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_the_zygote_is_refused_everything_but_what_its_walls_take(machine):
    column = seccomp.ARCHITECTURES[machine][0]
    needed = {seccomp.REFUSED[name][column] for name in ("unshare", "mount")}
    for number in range(600):
        if number not in needed:
            wanted = decide(machine, number, SIGCHLD)
            assert decide(machine, number, SIGCHLD, allowed=seccomp.FOR_ZYGOTE) == wanted, number
    for number, argument in [(CLONE[machine], NEWUSER | SIGCHLD), *((number, 0) for number in needed)]:
        assert decide(machine, number, argument, allowed=seccomp.FOR_ZYGOTE) == ALLOW


def test_other_ways_to_name_a_call_kill():
    assert decide("x86_64", 272 | seccomp.X32) == KILL
    assert decide("x86_64", 0, audit=0x40000003) == KILL, "32-bit calls have other numbers"
    assert decide("aarch64", 0, audit=0x40000028) == KILL


HEADERS = {"x86_64": "x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "asm-generic/unistd.h"}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_are_the_kernels(machine):
    header = Path("/usr/include", HEADERS[machine])
    if not header.exists():
        pytest.skip(f"{header} is not installed (linux-libc-dev)")
    known = {
        name: int(n) for name, n in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\s*$", header.read_text(), re.M)
    }
    column, _, clone = seccomp.ARCHITECTURES[machine]
    ours = {name: pair[column] for name, pair in seccomp.REFUSED.items() if pair[column] is not None}
    ours |= {"clone": clone, "clone3": seccomp.CLONE3}
    shared = ours.keys() & known.keys()
    assert len(shared) > 25
    assert {name: ours[name] for name in shared} == {name: known[name] for name in shared}
