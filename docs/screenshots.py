#!/usr/bin/env python3
"""Take the pictures of README anew from the samples: `python docs/screenshots.py`.

Writes docs/index.png, docs/agent.png and docs/scorecard.png. Needs the development packages and a `chromium`.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from qa_analyzer.resources import shipped
from qa_analyzer.run import Options, score
from qa_analyzer.writers.html import safe_name

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 1280, 1180
AGENT, CALL = "A8022", "shop_price_026"
FLAGS = ["--disable-background-networking", "--no-first-run", "--disable-gpu", "--hide-scrollbars"]


def main() -> None:
    """Score the samples into a folder that is thrown away, and picture three of its pages."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("no chromium on this machine")
    flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        report = Path(scratch) / "report"
        score([str(shipped("sample_transcripts"))], report, Options(outputs=("parquet", "html")))
        pages = {
            "index.png": report / "index.html",
            "agent.png": report / "agents" / f"{safe_name(AGENT)}.html",
            "scorecard.png": report / "calls" / f"{safe_name(CALL)}.html",
        }
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for picture, page in pages.items():
            shown.goto(page.as_uri())
            shown.screenshot(path=HERE / picture)
        browser.close()


if __name__ == "__main__":
    main()
