"""python -m benchmarks [NAME ...] [--quick]: run, print a table, write build/benchmarks/NAME.json."""

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.timing import Row

RESULTS = Path(__file__).resolve().parent.parent / "build" / "benchmarks"
NOT_BENCHMARKS = {"timing"}


def names() -> list[str]:
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return [name for name in found if not name.startswith("_") and name not in NOT_BENCHMARKS]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="start.py bench", description=benchmarks.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(names())}")
    parser.add_argument("--quick", action="store_true", help="few rounds: does it run at all?")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    asked = parser.parse_args(arguments)
    if asked.list:
        print("\n".join(names()))
        return 0
    unknown = sorted(set(asked.names) - set(names()))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(names())}")
    for name in asked.names or names():
        rows = importlib.import_module(f"benchmarks.{name}").run(quick=asked.quick)
        show(name, rows)
        write(name, rows, asked.quick)
    return 0


def show(name: str, rows: list[Row]) -> None:
    table = Table(title=f"{name}: ours / peer (below 1: ours is faster)", title_justify="left")
    table.add_column("what")
    for heading in ("ours", "peer", "ratio", "quartiles"):
        table.add_column(heading, justify="right")
    table.add_column("against, and how")
    for row in rows:
        how = f"{row.peer_name}; {row.clock}, {row.threads} thread{'s' * (row.threads != 1)}"
        spread = f"{row.ratio_low:.2f} – {row.ratio_high:.2f}"
        times = amount(row.ours, row.unit), amount(row.peer, row.unit)
        note = f"; {row.note}" if row.note else ""
        table.add_row(row.name, *times, f"{row.ratio:.2f}", spread, how + note)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def amount(value: float, unit: str) -> str:
    return duration(value) if unit == "s" else f"{value:,.0f} {unit}"


def duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds / 1e-6:.2f} µs"


def write(name: str, rows: list[Row], quick: bool) -> None:
    import torch

    RESULTS.mkdir(parents=True, exist_ok=True)
    machine = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }
    result = {"machine": machine, "quick": quick, "rows": [asdict(row) for row in rows]}
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(f"written: {path}")


if __name__ == "__main__":
    sys.exit(main())
