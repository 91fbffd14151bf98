"""Limits that a worker puts on itself before it runs a learner's code; no later code can lift them."""

from __future__ import annotations

from typing import Any


def confine(limits: dict[str, Any]) -> None:
    """Set the resource limits named in `limits`, where this platform has them; None leaves one alone."""
    try:
        import resource
    except ImportError:  # Windows; there is no sandbox there either
        return
    wanted = {"RLIMIT_CORE": 0, "RLIMIT_MSGQUEUE": 0, **_by_name(limits)}
    for name, value in wanted.items():
        which = getattr(resource, name, None)
        if which is None or value is None:
            continue
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def _by_name(limits: dict[str, Any]) -> dict[str, int | None]:
    return {
        # DATA and not AS: torch maps gigabytes that it never touches.
        "RLIMIT_DATA": limits["memory_bytes"],
        "RLIMIT_NPROC": limits["processes"],
        "RLIMIT_FSIZE": limits["file_bytes"],
        "RLIMIT_NOFILE": limits["open_files"],
        "RLIMIT_CPU": limits["cpu_seconds"],
    }
