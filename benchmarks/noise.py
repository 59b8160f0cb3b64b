#!/usr/bin/env python3
"""How much of the judging survives a recogniser's errors: `python benchmarks/noise.py [INPUT …] [--rates 0.05,0.1]`.

Mishears calls by a table of its own (confusions.txt), judges the clean and the misheard ones, and prints the share of
verdicts that rest on words (a pass with evidence, a failure by something said) which stay what they were, with the
tolerant match off and on; and the verdicts that only the tolerant match brought on the clean calls.
By default on the project's sample calls and the blind ones of the tests.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from qa_analyzer.analysis import Analysis
from qa_analyzer.judging import NOWHERE, Verdict
from qa_analyzer.model import CALL_SCHEMA
from qa_analyzer.readers import plan
from qa_analyzer.run import Engine, Options

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
DEFAULT_INPUTS = (PROJECT / "sample_transcripts", PROJECT / "tests" / "data" / "blind")

SAME_TONE = 0.75
"""Of characters misheard as another of the same syllable, so many keep the tone."""
AS_A_WORD = 0.35
"""So often a character inside a word of the table is misheard together with its word."""
KINDS = {"sound": 0.70, "near": 0.18, "other": 0.05, "dropped": 0.04, "doubled": 0.03}
"""What becomes of a single character, by share: same syllable, similar syllable, any other, gone, twice."""


@dataclass(frozen=True)
class Confusions:
    """The table: character → its syllable and tone group; syllable → tone groups; syllable → similar ones; words."""

    sound_of: dict[str, tuple[str, int]]
    sounds: dict[str, list[str]]
    near: dict[str, list[str]]
    words: dict[str, list[str]]

    @classmethod
    def read(cls, path: Path) -> Confusions:
        """Read confusions.txt."""
        table = cls({}, {}, {}, {})
        section = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif not line or line.startswith("#"):
                continue
            elif section == "sounds":
                syllable, _, rest = line.partition(" ")
                groups = [group.replace(" ", "") for group in rest.split("/")]
                table.sounds[syllable] = groups
                for number, group in enumerate(groups):
                    for character in group:
                        table.sound_of.setdefault(character, (syllable, number))
            elif section == "near":
                one, other = line.split()
                table.near.setdefault(one, []).append(other)
                table.near.setdefault(other, []).append(one)
            else:
                word, *heard = line.split()
                table.words[word] = heard
        return table

    def misheard(self, character: str, rng: random.Random) -> str | None:
        """One character as a recogniser may write it, or None where the table knows nothing."""
        if character not in self.sound_of:
            return None
        syllable, tone = self.sound_of[character]
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "dropped":
            return ""
        if kind == "doubled":
            return character * 2
        if kind == "other":
            return rng.choice([one for one in self.sound_of if one != character])
        if kind == "near":
            similar = [one for one in self.near.get(syllable, ()) if one in self.sounds]
            if similar:
                return rng.choice("".join(self.sounds[rng.choice(similar)]))
        same = [one for one in self.sounds[syllable][tone] if one != character]
        others = [one for one in "".join(self.sounds[syllable]) if one != character and one not in same]
        pool = same if same and (not others or rng.random() < SAME_TONE) else others
        return rng.choice(pool) if pool else None


def mishear(text: str, rate: float, table: Confusions, rng: random.Random) -> tuple[str, int, int]:
    """A text with `rate` of its Chinese characters misheard: text, characters changed, characters."""
    letters: list[str] = list(text)
    han = [place for place, letter in enumerate(text) if "\u4e00" <= letter <= "\u9fff"]
    wanted = len(han) * rate
    wanted = int(wanted) + (rng.random() < wanted % 1)
    order = rng.sample(han, len(han))
    touched: set[int] = set()
    for place in order:
        if len(touched) >= wanted:
            break
        if place in touched:
            continue
        word = _word_around(text, place, table) if rng.random() < AS_A_WORD else None
        if word is not None:
            start, source = word
            target = rng.choice(table.words[source])
            changed = [start + n for n in range(len(source)) if len(target) != len(source) or target[n] != source[n]]
            if not touched.intersection(changed):
                for n, one in enumerate(changed):
                    letters[one] = target[one - start] if len(target) == len(source) else target if n == 0 else ""
                touched.update(changed)
                continue
        heard = table.misheard(text[place], rng)
        if heard is not None and heard != text[place]:
            letters[place] = heard
            touched.add(place)
    return "".join(letters), len(touched), len(han)


def _word_around(text: str, place: int, table: Confusions) -> tuple[int, str] | None:
    """The longest word of the table that holds a character: where it starts, the word."""
    for length in range(6, 1, -1):
        for start in range(max(0, place - length + 1), place + 1):
            if text[start : start + length] in table.words and len(text) >= start + length:
                return start, text[start : start + length]
    return None


# ---- judging ---------------------------------------------------------------------------------------------------

Resting = dict[tuple[str, str], str]
"""(call, rule) → verdict, of those that rest on words."""


def read_calls(engine: Engine, inputs: Sequence[str]) -> list[dict[str, Any]]:
    """All calls of the inputs."""
    calls: list[dict[str, Any]] = []
    for block in plan(inputs):
        calls += engine.load(block).calls.to_pylist()
    return calls


def misheard_calls(calls: Sequence[dict[str, Any]], rate: float, seed: int) -> tuple[list[dict[str, Any]], float]:
    """The calls as a recogniser would have them, and the share of their characters that was changed."""
    table = Confusions.read(HERE / "confusions.txt")
    changed = total = 0
    result = []
    for number, call in enumerate(calls):
        rng = random.Random(f"{seed} {number}")
        utterances = []
        for utterance in call["utterances"]:
            text, some, many = mishear(utterance["text"], rate, table, rng)
            changed, total = changed + some, total + many
            utterances.append(
                {**utterance, "text": text, "words": None} if "words" in utterance else {**utterance, "text": text}
            )
        result.append({**call, "utterances": utterances})
    return result, changed / max(total, 1)


def analyse(engine: Engine, calls: Sequence[dict[str, Any]]) -> Analysis:
    """Judge calls."""
    return engine.analyse(pa.RecordBatch.from_pylist(list(calls), schema=CALL_SCHEMA))


def verdicts_of(analysis: Analysis, engine: Engine) -> Resting:
    """(call, rule) → verdict, all of them."""
    ids = analysis.batch.columns.column("call_id").to_pylist()
    rules = [rule.id for rule in engine.ruleset.rules]
    return {
        (call, rule): Verdict(int(analysis.judgement.verdicts[place, number])).code
        for place, call in enumerate(ids)
        for number, rule in enumerate(rules)
    }


def resting_on_words(analysis: Analysis, engine: Engine) -> set[tuple[str, str]]:
    """(call, rule) whose verdict is a pass or a failure for something that was said."""
    judgement, rows = analysis.judgement, analysis.judgement.rows
    ids = analysis.batch.columns.column("call_id").to_pylist()
    said = (rows.match_start != NOWHERE) & np.isin(rows.verdict, (Verdict.PASS, Verdict.FAIL))
    said &= rows.verdict == judgement.verdicts[rows.call, judgement.rule]
    return {
        (ids[call], engine.ruleset.rules[rule].id)
        for call, rule in zip(rows.call[said].tolist(), judgement.rule[said].tolist(), strict=True)
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", nargs="*", default=[str(one) for one in DEFAULT_INPUTS])
    parser.add_argument("--rates", default="0.05,0.1")
    parser.add_argument("--seeds", type=int, default=3, help="how often the calls are misheard anew")
    parser.add_argument("--rules", type=Path, default=None)
    parser.add_argument("--worst", type=int, default=0, help="list so many rules that lose most")
    options = parser.parse_args()
    engines = {tolerant: Engine(Options(rules=options.rules, tolerant=tolerant)) for tolerant in (False, True)}
    calls = read_calls(engines[False], options.inputs)
    clean = analyse(engines[False], calls)
    truth = verdicts_of(clean, engines[False])
    resting = resting_on_words(clean, engines[False])
    kinds = Counter(truth[one] for one in resting)
    print(f"{len(calls)} calls; {len(resting)} verdicts rest on words: {kinds['pass']} pass, {kinds['fail']} fail")
    brought = verdicts_of(analyse(engines[True], calls), engines[True])
    differing = [(one, truth[one], brought[one]) for one in truth if truth[one] != brought[one]]
    print(f"clean calls, tolerant: {len(differing)} of {len(truth)} verdicts differ")
    for (call, rule), was, became in differing[:40]:
        print(f"  {call} {rule}: {was} -> {became}")
    for rate in map(float, options.rates.split(",")):
        for tolerant, engine in engines.items():
            kept: Counter[str] = Counter()
            fresh = 0
            lost: Counter[str] = Counter()
            shares = []
            for seed in range(options.seeds):
                noisy, share = misheard_calls(calls, rate, seed)
                shares.append(share)
                heard = verdicts_of(analyse(engine, noisy), engine)
                kept.update(truth[one] for one in resting if heard[one] == truth[one])
                lost.update(f"{one[1]} {truth[one]}>{heard[one]}" for one in resting if heard[one] != truth[one])
                fresh += sum(heard[one] == "fail" != truth[one] for one in truth)
            both = sum(kept.values()) / len(resting) / options.seeds
            each = {kind: kept[kind] / max(kinds[kind], 1) / options.seeds for kind in ("pass", "fail")}
            print(
                f"{np.mean(shares):.1%} of characters misheard, tolerant {'on ' if tolerant else 'off'}: "
                f"{both:.1%} stay (pass {each['pass']:.1%}, fail {each['fail']:.1%}); "
                f"new failures {fresh / options.seeds:.1f} a run"
            )
            for name, count in lost.most_common(options.worst):
                print(f"    {count:4d} {name}")


if __name__ == "__main__":
    main()
