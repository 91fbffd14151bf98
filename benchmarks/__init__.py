"""Ratios against peers, measured side by side in one run: `python3 start.py bench [NAME]`.

Each module here that defines `run(quick: bool) -> list[Row]` is a benchmark, named as the module;
a helper that is none begins with an underscore.
An absolute time says more about the machine than about the code, so a row is a ratio: ours over the
peer's, both measured in the same minutes, in turns (benchmarks/timing.py).
"""
