#!/usr/bin/env python3
"""The obvious way: `naive_peer.py FILE [CALLS]` loops over calls with json, re, jieba, SnowNLP and pandas.

What one would write in a weekend. It answers a few of the questions that the analyzer answers, one call at a time.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import jieba
import pandas as pd
from snownlp import SnowNLP

GREETING = re.compile("您好|你好|早上好|下午好")
APOLOGY = re.compile("抱歉|对不起|不好意思")
FAREWELL = re.compile("再见|祝您")
THANKS = re.compile("谢谢|感谢")
FORBIDDEN = [
    re.compile(phrase)
    for phrase in (
        "不归我们?管|没有?办法|不太?清楚|打别的电话|自己操作错|跟您讲过了|绝对没有问题|再等等通知|你听不懂|说了多少遍|"
        "随便你|这是规定|要告就告|神经病|爱买不买|烦不烦"
    ).split("|")
]
TALKED_OVER_MS = 500


def judge(call: dict[str, Any]) -> dict[str, Any]:
    """A few verdicts on one call."""
    said = call["utterances"]
    agent = [one["text"] for one in said if one["role"] == "agent"]
    customer = [one["text"] for one in said if one["role"] == "customer"]
    moods = [SnowNLP(text).sentiments for text in customer]
    return {
        "agent": call["agent_id"],
        "greeting": bool(agent) and bool(GREETING.search(agent[0])),
        "apology": any(APOLOGY.search(text) for text in agent),
        "thanks": any(THANKS.search(text) for text in agent),
        "farewell": any(FAREWELL.search(text) for text in agent[-2:]),
        "forbidden": sum(bool(phrase.search(text)) for text in agent for phrase in FORBIDDEN),
        "talked_over": sum(
            after["role"] == "agent"
            and before["role"] == "customer"
            and after["start_ms"] < before["end_ms"] - TALKED_OVER_MS
            for before, after in itertools.pairwise(said)
        ),
        "mood": sum(moods) / max(1, len(moods)),
        "words": sum(1 for text in customer for _ in jieba.cut(text)),
    }


def main(path: Path, most: int | None) -> None:
    """Judge the first `most` calls, average by agent, and print the rate. Loading dictionaries is not counted."""
    jieba.setLogLevel(60)
    jieba.initialize()
    began = time.perf_counter()
    with path.open(encoding="utf-8") as lines:
        rows = [judge(json.loads(line)) for line in itertools.islice(lines, most)]
    pd.DataFrame(rows).groupby("agent").mean()
    seconds = time.perf_counter() - began
    print(f"naive: {len(rows)} calls {seconds:.2f} s {len(rows) / seconds:.1f} calls/s")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
