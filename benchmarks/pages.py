#!/usr/bin/env python3
"""How fast the pages open: `python benchmarks/pages.py [--agents 2000] [--calls 500] [--keep DIR]`.

Scores synthetic calls of so many agents, one of them with so many calls, then opens the index, that agent's page and a
call page in Chromium, each several times with a fresh profile, and prints the times from the click until the page is
painted. Needs the development packages and a `chromium`. Never fails because of a figure, since machines differ.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from qa_analyzer.writers.html import safe_name

HERE = Path(__file__).resolve().parent
BUSY = "T0000"
LOADS = 5
GOALS_S = {"index": 2.0, "agent": 1.5}
FLAGS = ["--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-gpu"]
PAINTED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(
    performance.now()))))"""
"""After the second frame what the first one laid out has been painted."""


def make_calls(path: Path, agents: int, busy: int) -> None:
    """One call for each agent, and the rest for the busy one."""
    subprocess.run([sys.executable, HERE / "make_calls.py", str(agents - 1 + busy), path], check=True)
    lines = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        call = json.loads(line)
        call["agent_id"] = BUSY if number < busy else f"T{number:05}"
        call["team"] = "T00" if number < busy else f"T{number % 40:02}"
        lines.append(json.dumps(call, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def seconds_to_open(browser: Browser, page: Path) -> float:
    """From the navigation's start until the page is painted, in a profile that has seen nothing."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    opened = context.new_page()
    opened.goto(page.as_uri(), wait_until="load")
    milliseconds = float(opened.evaluate(PAINTED))
    context.close()
    return milliseconds / 1000


def main() -> None:
    """Score, unless there is a report to be used again, then open and time the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=2000)
    parser.add_argument("--calls", type=int, default=500, help="calls of the busiest agent")
    parser.add_argument("--keep", type=Path, help="folder for calls and report; one that holds them is used again")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("no chromium on this machine")
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        report = folder / "report"
        if not report.exists():
            folder.mkdir(parents=True, exist_ok=True)
            make_calls(folder / "calls.ndjson", given.agents, given.calls)
            score = [sys.executable, "-m", "qa_analyzer", "score", str(folder / "calls.ndjson"), "-o", str(report)]
            subprocess.run([*score, "--outputs", "parquet,html", "--call-pages", "20"], check=True)
        calls = sorted((report / "calls").glob("*.html"), key=lambda path: path.stat().st_size)
        pages = {
            "index": report / "index.html",
            "agent": report / "agents" / f"{safe_name(BUSY)}.html",
            "call": calls[-1],
        }
        flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
        print(f"{'page':<8}{'KB':>8}{'median s':>10}{'slowest s':>11}{'goal s':>8}")
        with sync_playwright() as playwright:
            for name, page in pages.items():
                taken = []
                for _ in range(LOADS):
                    browser = playwright.chromium.launch(executable_path=chromium, args=flags)
                    taken.append(seconds_to_open(browser, page))
                    browser.close()
                goal = f"{GOALS_S[name]:.1f}" if name in GOALS_S else "—"
                size = page.stat().st_size / 1000
                print(f"{name:<8}{size:>8.0f}{statistics.median(taken):>10.2f}{max(taken):>11.2f}{goal:>8}")


if __name__ == "__main__":
    main()
