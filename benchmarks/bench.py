#!/usr/bin/env python3
"""How fast, how large, how steady: `make bench`, or `python benchmarks/bench.py [--calls N] [--yardsticks DIR]`.

Makes synthetic calls, then measures in one go, as whole processes with their start included: `qa-analyzer score
--outputs csv,parquet` with one and two workers, on clean input and with 1 % broken lines, at a quarter and at all of
the calls; and beside it two yardsticks, the parse limit and the naive peer. Prints a table with the goals; never fails
because of a figure, since machines differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE / ".data"
NAIVE_CALLS = 300
BROKEN_SHARE = 0.01
SAMPLE_EVERY_S = 0.1
MIB = 1024  # KiB

SOME_REJECTED = 1
"""Exit code of a run that rejected lines."""


@dataclass(frozen=True)
class Measured:
    """One run of `score`. Peaks are resident sizes in MiB: of the largest process, and of all added up."""

    calls: int
    seconds: float
    largest: float
    together: float | None

    @property
    def rate(self) -> float:
        """Calls a second, start included."""
        return self.calls / self.seconds


# ---- input -----------------------------------------------------------------------------------------------------


def make_input(generator: Path, calls: int) -> Path:
    """NDJSON of so many calls, made once for each state of the generator."""
    DATA.mkdir(exist_ok=True)
    stamp = hashlib.sha256(generator.read_bytes()).hexdigest()[:12]
    path = DATA / f"calls-{stamp}-{calls}.ndjson"
    if not path.exists():
        part = path.with_suffix(".part")
        subprocess.run([sys.executable, str(generator), str(calls), str(part)], check=True)
        part.replace(path)
    return path


def first_calls(path: Path, calls: int) -> Path:
    """The first `calls` lines of a file, as a file."""
    target = path.with_name(f"{path.stem}.first{calls}.ndjson")
    if not target.exists():
        with path.open("rb") as lines, target.open("wb") as out:
            out.writelines(line for _, line in zip(range(calls), lines, strict=False))
    return target


BREAKS: tuple[Callable[[bytes], bytes], ...] = (
    lambda line: line[: len(line) // 2] + b"\n",
    lambda line: line.replace(b'"text":"', b'"text":"\xff\xfe', 1),
    lambda line: line.rstrip(b"\n") + line,
    lambda line: re.sub(rb'"utterances":\[.*\]', b'"utterances":null', line),
    lambda line: re.sub(rb'"end_ms":(\d+)', rb'"end_ms":-\1', line, count=1),
    lambda line: re.sub(rb'"start_ms":(\d+)', rb'"start_ms":\1.0', line),
)
"""Cut off, undecodable, two objects, no utterances, a negative time; the last is repaired and scored."""


def with_broken_lines(path: Path) -> Path:
    """The same calls, one line in a hundred broken, each in one of several ways."""
    target = path.with_name(f"{path.stem}.broken.ndjson")
    if not target.exists():
        rng = random.Random(1)
        with path.open("rb") as lines, target.open("wb") as out:
            out.writelines(rng.choice(BREAKS)(line) if rng.random() < BROKEN_SHARE else line for line in lines)
    return target


# ---- measuring -------------------------------------------------------------------------------------------------


def peaks_of(pid: int, peaks: dict[int, int]) -> None:
    """Note the peak size (KiB) of a process and of its children in `peaks`, where /proc tells."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    found = re.search(r"VmHWM:\s+(\d+)", status)
    if found:
        peaks[pid] = max(peaks.get(pid, 0), int(found[1]))
    for child in children:
        peaks_of(int(child), peaks)


def run_score(path: Path, *, workers: int) -> Measured:
    """One whole `qa-analyzer score` as a process, timed from its start to its end."""
    with tempfile.TemporaryDirectory(prefix="qa-bench-") as folder:
        report = Path(folder) / "report"
        command = [sys.executable, "-m", "qa_analyzer", "score", str(path), "-o", str(report)]
        command += ["--outputs", "csv,parquet", "--workers", str(workers)]
        peaks: dict[int, int] = {}
        said = Path(folder) / "said.txt"
        with said.open("wb") as out:
            began = time.perf_counter()
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
            while process.poll() is None:
                peaks_of(process.pid, peaks)
                time.sleep(SAMPLE_EVERY_S)
            seconds = time.perf_counter() - began
        if process.returncode not in (0, SOME_REJECTED):
            sys.exit(f"{' '.join(command)}\nended with {process.returncode}:\n{said.read_text(encoding='utf-8')}")
        facts = json.loads((report / "run.json").read_text(encoding="utf-8"))
    largest, together = (max(peaks.values()) / MIB, sum(peaks.values()) / MIB) if peaks else (_children_peak(), None)
    return Measured(facts["read"], seconds, largest, together)


def _children_peak() -> float:
    """Without /proc: the largest child so far, in MiB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (MIB * MIB if sys.platform == "darwin" else MIB)


def run_yardstick(script: Path, *arguments: str) -> float:
    """The rate that a yardstick prints as its last `… calls/s`."""
    done = subprocess.run([sys.executable, str(script), *arguments], check=True, capture_output=True, text=True)
    rates = re.findall(r"([\d.]+) calls/s", done.stdout)
    if not rates:
        sys.exit(f"{script} printed no rate: {done.stdout}")
    return float(rates[-1])


# ---- the table -------------------------------------------------------------------------------------------------


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=int(os.environ.get("N", "20000")), help="or N=…")
    parser.add_argument("--yardsticks", type=Path, default=HERE, help="folder with make_calls, parse_limit, naive_peer")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each measurement; the fastest counts")
    options = parser.parse_args()

    clean = make_input(options.yardsticks / "make_calls.py", options.calls)
    quarter, broken = first_calls(clean, max(1, options.calls // 4)), with_broken_lines(clean)
    megabytes = clean.stat().st_size / 1e6
    print(f"{options.calls} calls, {megabytes:.0f} MB, {os.cpu_count()} CPUs, Python {sys.version.split()[0]}\n")

    def best(path: Path, *, workers: int) -> Measured:
        return min((run_score(path, workers=workers) for _ in range(options.repeat)), key=lambda one: one.seconds)

    limit = max(run_yardstick(options.yardsticks / "parse_limit.py", str(clean)) for _ in range(options.repeat))
    one = best(clean, workers=1)
    two = best(clean, workers=2)
    soiled = best(broken, workers=1)
    small = best(quarter, workers=1)
    small_two = best(quarter, workers=2)
    naive = run_yardstick(options.yardsticks / "naive_peer.py", str(clean), str(NAIVE_CALLS))

    rows = [
        ("parse limit (typed msgspec)", f"{limit:,.0f} calls/s", "", ""),
        ("naive peer (300 calls)", f"{naive:,.1f} calls/s", "", ""),
        ("score, 1 worker", f"{one.rate:,.0f} calls/s", f"{one.rate / limit:.3f} of the limit", "≥ 0.15"),
        ("", f"{one.seconds:.1f} s", f"{one.rate / naive:,.0f} × the naive peer", ""),
        ("score, 2 workers", f"{two.rate:,.0f} calls/s", f"{one.seconds / two.seconds:.2f} × one worker", "≥ 1.6"),
        ("1 % broken lines", f"{soiled.seconds:.1f} s", f"{soiled.seconds / one.seconds:.2f} × clean", "≤ 1.5"),
        *_memory(f"memory, 1 worker, {quarter_name(options.calls)} calls", small, None),
        *_memory(f"memory, 1 worker, {options.calls:,} calls", one, small),
        *_memory(f"memory, 2 workers, {quarter_name(options.calls)} calls", small_two, None),
        *_memory(f"memory, 2 workers, {options.calls:,} calls", two, small_two),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print("  ".join(("measured".ljust(widths[0]), "figure".rjust(widths[1]), "ratio".ljust(widths[2]), "goal")))
    for name, figure, ratio, goal in rows:
        print("  ".join((name.ljust(widths[0]), figure.rjust(widths[1]), ratio.ljust(widths[2]), goal)).rstrip())


def quarter_name(calls: int) -> str:
    """A quarter of the calls, as the table shows it."""
    return f"{max(1, calls // 4):,}"


def _memory(name: str, run: Measured, smaller: Measured | None) -> list[tuple[str, str, str, str]]:
    ratio = f"{run.largest / smaller.largest:.2f} × a quarter of the calls" if smaller and smaller.largest else ""
    rows = [(name, f"{run.largest:,.0f} MB", ratio, "≤ 450 MB a worker" + (", flat" if smaller else ""))]
    if run.together is not None and run.together > run.largest:
        rows.append(("  all processes together", f"{run.together:,.0f} MB", "", ""))
    return rows


if __name__ == "__main__":
    main()
