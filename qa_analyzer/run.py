"""The nightly run: blocks → processes → tables → report folder. Nothing is lost or half-written.

The report grows in a folder beside its place and is moved there when it is whole. Blocks are analysed in any
process, but taken in input order, so that the same input gives the same bytes whatever the workers.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from qa_analyzer import wording
from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.emotion.model import Estimates, SnowNLPModel, load_model
from qa_analyzer.errors import InputError, OptionError, QaAnalyzerError, Rejected
from qa_analyzer.figures import FIGURES
from qa_analyzer.judging import Ruleset
from qa_analyzer.keywords import NO_EARLIER, Earlier, WordCounts, rank_keywords
from qa_analyzer.model import CALL_SCHEMA
from qa_analyzer.pages import build_pages
from qa_analyzer.privacy import mask_string
from qa_analyzer.readers import Block, Chunk, find_inputs, load, plan
from qa_analyzer.readers.column_option import read_columns
from qa_analyzer.readers.columns import ColumnsFound
from qa_analyzer.readers.messages import say
from qa_analyzer.readers.metadata import Joined, read_metadata, unused
from qa_analyzer.readers.vendors import format_names, named
from qa_analyzer.resources import shipped
from qa_analyzer.roles import NOT_GIVEN, AgentVoice
from qa_analyzer.rulebook import load_rulebook
from qa_analyzer.rulebook.messages import Issue
from qa_analyzer.rulebook.waivers import load_waivers
from qa_analyzer.scorecard import AgentSums, agent_scorecards, agents_table, by_agent, merge_sums
from qa_analyzer.seen import ColumnsSeen, SeenIds, without_repeats
from qa_analyzer.tables import Tables, build_tables, rule_text, rule_word
from qa_analyzer.tested import examples_passed
from qa_analyzer.version import __version__
from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.running import RUN
from qa_analyzer.writers.csv import CsvWriter, csv_rows
from qa_analyzer.writers.page import CallPage, GradeText, Names, RuleText
from qa_analyzer.writers.parquet import ParquetSink

if TYPE_CHECKING:
    pass

Lang = Literal["zh", "en"]
KEYWORDS_FILE = Path("data") / "keywords.parquet"
NIGHT_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")
NIGHTS_COMPARED = 7
"""Earlier nights that are found by themselves: a week, so that each weekday is among them."""
OUTPUTS = ("csv", "parquet", "xlsx", "html")
PLACES = "places.parquet"
"""In data/: where each call stands in the input, for `serve`."""
PLACES_SCHEMA = pa.schema([("call_id", pa.string()), ("file", pa.string()), ("line", pa.int64())])
UNMATCHED = "metadata_unmatched.csv"
"""Calls without a row in the telephone system's record, and rows without a call."""
REPORT_ENTRIES = (
    "agents.csv",
    "calls.csv",
    "findings.csv",
    "keywords.csv",
    "rejected.csv",
    UNMATCHED,
    "scorecards.xlsx",
    "index.html",
    "agents",
    "calls",
    "assets",
    "run.json",
    "data",
    "teams",
)
"""What a report folder holds; nothing else in it is ever touched."""

PACKAGES = ("numpy", "pyarrow", "pandas", "jieba", "scikit-learn", "snownlp", "chinesecalendar", "pypinyin")
"""Packages whose version can change what a report says; `run.json` names them."""
AHEAD = 3
"""Blocks in flight for each worker."""
NIGHT_FACTS = ("roles", "repaired", "formats", "columns", "metadata", "waivers", "compared_with", "seconds")
"""What run.json says of the whole night, and a team's run.json does not."""
OUR_FORMAT = "canonical"
"""What run.json calls the format of calls that no vendor's reader made."""
MERGE_EVERY = 8
"""Blocks after which the agents' sums are merged, so that memory stays flat."""
_TELEPHONE_IN_ID = r"(^|[^0-9])1[3-9][0-9]{9}($|[^0-9])"
REJECTED_SCHEMA = pa.schema(
    [("file", pa.string()), ("line", pa.int64()), ("call_id", pa.string()), ("reason", pa.string())]
)

TEXTS = texts(RUN)


@dataclass(frozen=True)
class Options:
    """How to run. `rules` None = the shipped ones; `waivers` None = those in the rules folder, if there are any;
    `tolerant` = words that sound alike count too; `page_limit` = most call pages in HTML; `format` = the vendor's
    format of every file, None = told by content; `metadata` = the telephone system's record of the calls;
    `agent` = whose voice is the agent's, where only labels are known; `compare_with` = reports of earlier nights for
    the keywords, none = found by themselves (see `earlier_reports`); `by_team` = a folder for each team as
    well.
    """

    rules: Path | None = None
    waivers: Path | None = None
    workers: int = 1
    emotion: str = "model"
    tolerant: bool = False
    outputs: tuple[str, ...] = OUTPUTS
    lang: Lang = "zh"
    mask: bool = True
    block_bytes: int = 8 << 20
    page_limit: int = 2000
    format: str | None = None
    metadata: Path | None = None
    columns: str | None = None
    agent: AgentVoice = NOT_GIVEN
    compare_with: tuple[Path, ...] = ()
    by_team: bool = False

    def check(self) -> None:
        """Raise OptionError for a value that means nothing."""
        words = TEXTS[self.lang]
        for name in self.outputs:
            if name not in OUTPUTS:
                raise OptionError(words["outputs"].format(name=name))
        if self.workers < 1:
            raise OptionError(words["workers"])
        if self.format is not None and named(self.format) is None:
            known = wording.pick(wording.NAMES, self.lang)
            raise OptionError(words["format"].format(name=self.format, known=known.join(format_names())))
        for folder in self.compare_with:
            if not (folder / KEYWORDS_FILE).is_file():
                raise OptionError(words["compare"].format(folder=folder))
        for voice in (self.agent, *self.agent.by_format.values()):
            if voice.speaker is not None and voice.channel is not None:
                raise OptionError(words["agent_twice"])


@dataclass(frozen=True)
class BlockResult:
    """What became of one block. `sums` is None without calls; `csv` = encoded rows by table.

    ids (c,), files (c,) dictionary-encoded, lines (c,) of the calls that were scored; `formats` counts them by format;
    `joined` = what the telephone system's record added, None without one.
    """

    tables: Tables | None
    sums: AgentSums | None
    csv: dict[str, bytes]
    rejected: list[Rejected]
    repaired: Counter[str]
    read: int
    ids: pa.Array
    files: pa.DictionaryArray
    lines: NDArray[np.int64]
    formats: Counter[str]
    joined: Joined | None
    columns: tuple[ColumnsFound, ...] = ()


@dataclass(frozen=True)
class RunResult:
    """What the caller needs to know of a finished run. `unmatched` = calls without a row in the telephone
    system's record, and rows without a call; `unread_values` = values of it that nobody understands; `columns`:
    messages on columns of tables that were found by their headings or values; `unused_waivers`: messages, with file
    and line; `telling_ids` = calls whose id holds a mobile number: ids are never masked, since they name pages.
    """

    folder: Path
    read: int
    scored: int
    rejected: int
    not_assessable: int
    critical: int
    seconds: float
    unmatched: tuple[int, int] = (0, 0)
    unread_values: int = 0
    telling_ids: int = 0
    columns: tuple[str, ...] = ()
    unused_waivers: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


class Engine:
    """Rules, waivers, model and names loaded once a process; turns blocks into results.

    `today`: the day on which the waivers must still be good, by default the day it is.
    """

    def __init__(self, options: Options, today: date | None = None) -> None:
        self.options = options
        home = shipped("rules")
        rulebook = load_rulebook(
            options.rules or home, shipped_rubric=home / "rubric.yaml", figures=FIGURES, lang=options.lang
        )
        self.waivers = load_waivers(options.waivers, rulebook, today=today, lang=options.lang)
        self.ruleset = Ruleset(rulebook, tolerant=options.tolerant)
        self.names = make_names(self.ruleset, options.lang)
        self.columns = None if options.columns is None else read_columns(options.columns, lang=options.lang)
        self.metadata = None
        if options.metadata is not None:
            self.metadata = read_metadata(options.metadata, lang=options.lang, time_zone=self.ruleset.rubric.time_zone)

    @cached_property
    def model(self) -> Estimates:
        """The emotion model that `--emotion` names."""
        return choose_model(self.options.emotion, self.options.lang)

    def plan(self, paths: Sequence[str]) -> Iterator[Block]:
        """The work that the inputs are."""
        options = self.options
        return plan(paths, block_bytes=options.block_bytes, lang=options.lang, columns=self.columns)

    def load(self, block: Block) -> Chunk:
        """Read a block."""
        return load(block, lang=self.options.lang, time_zone=self.ruleset.rubric.time_zone, form=self.options.format)

    def analyse(self, calls: pa.RecordBatch) -> Analysis:
        """Judge calls."""
        return analyse(calls, self.ruleset, self.model, self.options.agent)

    def process(self, block: Block, before: Mapping[str, str] | None = None) -> BlockResult:
        """Read, judge, score and encode one block. `before`: ids that stand in earlier blocks, each with its place."""
        chunk, rejected = without_repeats(self.load(block), before or {}, self.options.lang)
        joined = None
        if self.metadata is not None:
            chunk, joined = self.metadata.join(chunk)
        calls = chunk.calls
        files = pc.dictionary_encode(pa.array(chunk.files, pa.string()))
        formats = Counter({one["values"] or OUR_FORMAT: one["counts"] for one in _counted(calls, "source_format")})
        found = (rejected, chunk.repaired, chunk.read, calls.column("call_id"), files, chunk.lines, formats, joined)
        if not calls.num_rows:
            return BlockResult(None, None, {}, *found, chunk.columns)
        tables, sums = build_tables(
            self.analyse(calls), self.ruleset, self.options.lang, mask=self.options.mask, waivers=self.waivers
        )
        encoded = {}
        if "csv" in self.options.outputs:
            encoded = {
                name: csv_rows(table, name, self.options.lang, self.names)
                for name, table in (("calls", tables.calls), ("findings", tables.findings))
            }
        return BlockResult(tables, sums, encoded, *found, chunk.columns)


def _counted(calls: pa.RecordBatch, column: str) -> list[dict[str, Any]]:
    """The values of a column, each with how often it occurs."""
    counted: list[dict[str, Any]] = pc.value_counts(calls.column(column)).to_pylist()
    return counted


class _VoiceEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    speaker: str | None = None
    channel: Annotated[int, Field(ge=0, strict=True)] | None = None


def read_voices(path: Path, lang: Lang) -> dict[str, AgentVoice]:
    """Which voice is the agent's in each format: YAML such as `aliyun: {channel: 0}`. Raises OptionError.

    Formats are those of `formats`; `speaker` is a label in quotes ("1"), `channel` a number.
    """
    words = TEXTS[lang]
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        entries = TypeAdapter(dict[str, _VoiceEntry]).validate_python(given)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        detail = str(error).splitlines()[0] if not isinstance(error, ValidationError) else _where(error)
        raise OptionError(words["voices"].format(path=path, detail=detail)) from None
    unknown = sorted(set(entries) - set(format_names()))
    if unknown:
        known = wording.pick(wording.NAMES, lang)
        raise OptionError(words["format"].format(name=unknown[0], known=known.join(format_names())))
    return {name: AgentVoice(one.speaker, one.channel) for name, one in entries.items()}


def _where(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def choose_model(name: str, lang: Lang) -> Estimates:
    """The emotion model of that name: `model`, `snownlp`, or a file. Raises OptionError."""
    if name == "model":
        return load_model()
    if name == "snownlp":
        return SnowNLPModel()
    if not Path(name).is_file():
        raise OptionError(TEXTS[lang]["emotion"].format(name=name))
    return load_model(Path(name))


def make_names(ruleset: Ruleset, lang: Lang) -> Names:
    """Names of rules, criteria and grades in the report's language."""
    rubric = ruleset.rubric
    rules = {
        rule.id: RuleText(
            name=rule_text(rule, "name", lang),
            why=rule_text(rule, "why", lang),
            suggest=rule_text(rule, "suggest", lang),
            source=tuple(rule_word(rule, one, lang) for one in rule.spec.source),
            criterion=rule.spec.criterion,
            severity=rule.spec.severity.value,
            status=rule.spec.status.value,
        )
        for rule in ruleset.rules
    }
    criteria = {code: one.name if lang == "zh" else one.en for code, one in rubric.criteria.items()}
    grades = {one.grade: GradeText(wording.code_word("grade", one.grade, lang), one.from_) for one in rubric.grades}
    frameworks = {one.id: one.spec.name if lang == "zh" else one.spec.en for one in ruleset.rulebook.frameworks}
    notes = {one.id: one.spec.why_in(lang) for one in ruleset.rulebook.frameworks}
    return Names(rules, criteria, grades, frameworks, notes)


# ---- one process or several -----------------------------------------------------------------------------------

_engine: Engine | None = None


def _start_worker(options: Options) -> None:
    global _engine  # noqa: PLW0603  a process pool's initialiser has nowhere else to keep its state
    pa.set_cpu_count(1)
    # The first process has seen that no waiver is expired; midnight may pass meanwhile.
    _engine = Engine(options, today=date.min)


def _work(block: Block) -> BlockResult:
    assert _engine is not None
    return _engine.process(block)


def _results(blocks: Iterator[Block], engine: Engine) -> Iterator[tuple[Block, BlockResult]]:
    """Blocks and their results in input order, with a bounded number in flight."""
    options = engine.options
    if options.workers == 1:
        for block in blocks:
            yield block, engine.process(block)
        return
    waiting: deque[tuple[Block, Future[BlockResult]]] = deque()
    with ProcessPoolExecutor(
        options.workers, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(options,)
    ) as pool:
        try:
            for block in blocks:
                waiting.append((block, pool.submit(_work, block)))
                if len(waiting) >= AHEAD * options.workers:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        except BrokenProcessPool as error:
            raise QaAnalyzerError(TEXTS[options.lang]["crashed"]) from error


def score(
    inputs: Sequence[str | os.PathLike[str]],
    folder: Path,
    options: Options,
    progress: Callable[[int, int], None] = lambda blocks, calls: None,
) -> RunResult:
    """Read `inputs`, judge every call, and write a report to `folder`.

    Raises RulesError, InputError, OptionError before anything is written. `progress` is called with the number of
    blocks and calls done.
    """
    began = time.perf_counter()
    options.check()
    engine = Engine(options)
    engine.model  # noqa: B018  a missing model file is an error before any input is read
    paths = [os.fspath(one) for one in inputs]
    find_inputs(paths, lang=options.lang)
    _refuse_foreign(folder, options.lang)
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = folder.parent / f".{folder.name}.part-{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir()
        report = Report(work, engine, options.compare_with or earlier_reports(folder))
        with report:
            for block, result in _results(engine.plan(paths), engine):
                report.add(block, result)
                del result  # Its tables are not to stay while the next block is judged.
                progress(report.blocks, report.read)
            report.complete()
        report.finish(paths)
        seconds = time.perf_counter() - began
        facts = report.write_run(paths, seconds)
        _move_into_place(work, folder)
    except OSError as error:
        raise QaAnalyzerError(TEXTS[options.lang]["disk"].format(error=mask_string(str(error)))) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return RunResult(
        folder=folder,
        read=report.read,
        scored=report.scored,
        rejected=report.rejected,
        not_assessable=report.not_assessable,
        critical=report.critical,
        seconds=seconds,
        unmatched=(report.unmatched["calls"], report.unmatched["rows"]),
        telling_ids=report.telling_ids,
        unread_values=len(engine.metadata.unread) if engine.metadata is not None else 0,
        columns=tuple(report.columns.told(options.lang, report.hide)),
        unused_waivers=tuple(report.unused_waivers()),
        facts=facts,
    )


def earlier_reports(folder: Path) -> tuple[Path, ...]:
    """The reports of the nights before: folders beside this one that are named by earlier dates, the last
    `NIGHTS_COMPARED`. Only where this one is named by a date too (reports/2026-11-22), else nobody can tell.
    """
    if not NIGHT_NAME.fullmatch(folder.name) or not folder.parent.is_dir():
        return ()
    nights = [
        one
        for one in folder.parent.iterdir()
        if NIGHT_NAME.fullmatch(one.name) and one.name < folder.name and (one / KEYWORDS_FILE).is_file()
    ]
    return tuple(sorted(nights)[-NIGHTS_COMPARED:])


def read_earlier(folders: Sequence[Path]) -> Earlier:
    """The words of earlier nights together."""
    if not folders:
        return NO_EARLIER
    calls, words = 0, Counter[str]()
    for folder in folders:
        night = pq.read_table(
            folder / KEYWORDS_FILE, columns=["word", "calls", "of_calls"], filters=[("scope", "=", "night")]
        )
        calls += night["of_calls"][0].as_py() if night.num_rows else 0
        words.update(dict(zip(night["word"].to_pylist(), night["calls"].to_pylist(), strict=True)))
    return Earlier(len(folders), calls, dict(words))


def _refuse_foreign(folder: Path, lang: Lang) -> None:
    """A folder that holds something else is never written to."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / "run.json").is_file())):
        raise OptionError(TEXTS[lang]["not_a_report"].format(folder=folder))


def _move_into_place(work: Path, folder: Path) -> None:
    """Put a finished report in place of an earlier one; files that are not of a report stay."""
    if not folder.exists():
        work.rename(folder)
        return
    for name in REPORT_ENTRIES:
        target = folder / name
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)
        if (work / name).exists():
            (work / name).rename(target)


class Report:
    """Takes block results in order and writes the folder."""

    def __init__(self, folder: Path, engine: Engine, earlier: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.engine = engine
        self.options = engine.options
        self.read = self.scored = self.rejected = self.not_assessable = self.critical = self.blocks = 0
        self.undetermined = self.decided = self.waived = 0
        self.waiver_verdicts: dict[int, str] = {}
        self.repaired: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.formats: Counter[str] = Counter()
        self.columns = ColumnsSeen()
        self.roles: Counter[str] = Counter()
        self.histogram = np.zeros(10_001, np.int64)
        self._sums: list[AgentSums] = []
        self.team_folders: dict[Path, dict[str, Any]] = {}
        self.words = WordCounts()
        self.earlier_folders = tuple(earlier)
        self.earlier = read_earlier(earlier)
        self._seen = SeenIds()
        self._parquet: dict[str, ParquetSink] = {}
        self._csv: dict[str, CsvWriter] = {}
        self._rejected_file = CsvWriter(folder / "rejected.csv", "rejected", self.options.lang, engine.names)
        self._unmatched_file: CsvWriter | None = None
        self.unmatched = Counter(calls=0, rows=0)
        self.telling_ids = 0
        self.overruled: Counter[str] = Counter()
        if engine.metadata is not None:
            self._unmatched_file = CsvWriter(folder / UNMATCHED, "rejected", self.options.lang, engine.names)
            self._row_used = np.zeros(engine.metadata.calls.num_rows, np.bool_)
        self.data = folder / "data"
        self.data.mkdir()

    def __enter__(self) -> Report:
        return self

    def __exit__(self, *error: object) -> None:
        sinks: list[ParquetSink | CsvWriter] = [*self._parquet.values(), *self._csv.values(), self._rejected_file]
        if self._unmatched_file is not None:
            sinks.append(self._unmatched_file)
        for sink in sinks:
            sink.close()

    def add(self, block: Block, result: BlockResult) -> None:
        """Append one block."""
        before = self._seen.add(result.ids, result.files, result.lines)
        if before:
            # Ids of earlier blocks: rare, so the block is simply done again without them.
            result = self.engine.process(block, before)
        self.blocks += 1
        self.read += result.read
        self.repaired += result.repaired
        self.formats += result.formats
        for one in result.columns:
            self.columns.add(one)
        self._reject(result.rejected)
        if result.joined is not None:
            self._join(result, result.joined)
        if result.tables is None or result.sums is None:
            return
        calls = result.tables.calls
        self.scored += calls.num_rows
        if self.options.mask:
            self.telling_ids += pc.sum(pc.match_substring_regex(result.ids, _TELEPHONE_IN_ID), min_count=0).as_py()
        self._note_places(result)
        self.roles.update(result.tables.roles)
        assessable = calls["assessable"].to_numpy()
        self.not_assessable += int((~assessable).sum())
        if not assessable.all():
            self.reasons.update(calls["not_assessable_reason"].drop_null().to_pylist())
        self.critical += int(calls["critical"].to_numpy().sum())
        if self.engine.waivers.items:
            self.waived += int(result.tables.findings["waived"].to_numpy().sum())
            self.waiver_verdicts |= result.tables.waivers
        points = calls["score"].drop_null().to_numpy()
        self.histogram += np.bincount(np.round(points * 100).astype(np.int64), minlength=10_001)
        self._sums.append(result.sums)
        self.words.add(result.tables.words)
        if len(self._sums) >= MERGE_EVERY:
            self._sums = [merge_sums(self._sums)]
        self._write(result.tables, result.csv)

    def _note_places(self, result: BlockResult) -> None:
        """Where the calls of a block stand. The id as the tables show it, so that it is found again."""
        if "places" not in self._parquet:
            self._parquet["places"] = ParquetSink(self.data / PLACES, PLACES_SCHEMA)
        assert result.tables is not None
        names = pa.array([self.hide(one) for one in result.files.dictionary.to_pylist()], pa.string())
        files = pa.DictionaryArray.from_arrays(result.files.indices, names)
        columns = [result.tables.calls["call_id"].cast(pa.string()), files.cast(pa.string()), pa.array(result.lines)]
        self._parquet["places"].write(pa.table(columns, schema=PLACES_SCHEMA))

    def _join(self, result: BlockResult, joined: Joined) -> None:
        """Count what the record added to a block, and list its calls that have no row."""
        self._row_used[joined.used] = True
        self.overruled += joined.overruled
        why = say(self.options.lang, "metadata_lone")
        lone = [
            Rejected(result.files[at].as_py(), int(result.lines[at]), result.ids[at].as_py(), why)
            for at in joined.lone.tolist()
        ]
        self.unmatched["calls"] += len(lone)
        self._list(lone, self._unmatched_file)

    def _reject(self, rejected: Sequence[Rejected]) -> None:
        self.rejected += len(rejected)
        self._list(rejected, self._rejected_file)

    def _list(self, rejected: Sequence[Rejected], writer: CsvWriter | None) -> None:
        if not rejected or writer is None:
            return
        hide = self.hide
        table = pa.table(
            {
                "file": [hide(one.file) for one in rejected],
                "line": [one.line for one in rejected],
                "call_id": [hide(one.call_id) for one in rejected],
                "reason": [hide(one.reason) for one in rejected],
            },
            schema=REJECTED_SCHEMA,
        )
        writer.write(table)

    def hide(self, text: str) -> str:
        """Without what identifies a person, unless the run may show it."""
        return mask_string(text) if self.options.mask else text

    def unused_waivers(self) -> list[str]:
        """Waivers that waived nothing: where they stand, and why."""
        lang, path = self.options.lang, self.engine.waivers.path
        told = []
        for number, one in enumerate(self.engine.waivers.items):
            verdict = self.waiver_verdicts.get(number)
            if verdict == "fail":
                continue
            facts = {"call": self.hide(one.call), "rule": one.rule}
            if verdict is not None:
                facts["verdict"] = wording.code_word("verdict", verdict, lang)
            what = "waiver_no_call" if verdict is None else "waiver_no_fail"
            told.append(f"{path}:{one.line}: {Issue(one.line, what, facts).text(lang)}")
        return told

    def _metadata_facts(self) -> dict[str, Any] | None:
        """For run.json; null without a record."""
        metadata = self.engine.metadata
        if metadata is None:
            return None
        return {
            "file": self.hide(metadata.path),
            "rows": metadata.calls.num_rows + len(metadata.refused),
            "calls_joined": int(self.scored - self.unmatched["calls"]),
            "calls_without_row": self.unmatched["calls"],
            "rows_without_call": self.unmatched["rows"],
            "unread_values": len(metadata.unread),
            "overruled": dict(sorted(self.overruled.items())),
        }

    def _waiver_facts(self) -> dict[str, Any] | None:
        """For run.json; null without a file of waivers."""
        waivers = self.engine.waivers
        if waivers.path == Path():
            return None
        return {
            "file": str(waivers.path),
            "given": len(waivers.items),
            "waived_findings": self.waived,
            "unused": [
                {"call_id": self.hide(one.call), "rule": one.rule, "line": one.line, "verdict": verdict}
                for number, one in enumerate(waivers.items)
                if (verdict := self.waiver_verdicts.get(number)) != "fail"
            ],
        }

    def _write(self, tables: Tables, encoded: Mapping[str, bytes]) -> None:
        lang, names = self.options.lang, self.engine.names
        for name, table in (("calls", tables.calls), ("findings", tables.findings), ("emotion", tables.emotion)):
            if name not in self._parquet:
                self._parquet[name] = ParquetSink(self.data / f"{name}.parquet", table.schema)
            self._parquet[name].write(table)
            if name in encoded:
                if name not in self._csv:
                    self._csv[name] = CsvWriter(
                        self.folder / f"{name}.csv", name, lang, names, columns=table.column_names
                    )
                self._csv[name].write_encoded(encoded[name])

    # ---- the end of the run -------------------------------------------------------------------------------

    def complete(self) -> None:
        """The record's rows that no call took, and tables without a row where no call could be scored.

        Raises InputError if there was no call at all.
        """
        if self.engine.metadata is not None:
            rows = unused(self.engine.metadata, self._row_used, self.options.lang)
            self.unmatched["rows"] += len(rows) - len(self.engine.metadata.unread)
            self._list(rows, self._unmatched_file)
        if self._sums:
            return
        if not self.rejected:
            raise InputError(TEXTS[self.options.lang]["no_calls"])
        nothing = self.engine.analyse(pa.RecordBatch.from_pylist([], schema=CALL_SCHEMA))
        tables, sums = build_tables(nothing, self.engine.ruleset, self.options.lang, mask=self.options.mask)
        self._sums = [sums]
        self.words.add(tables.words)
        self._write(tables, {"calls": b"", "findings": b""} if "csv" in self.options.outputs else {})

    def finish(self, inputs: Sequence[str]) -> None:
        """Agents' table, then the outputs that need everything: XLSX and HTML."""
        ruleset, names, lang = self.engine.ruleset, self.engine.names, self.options.lang
        self.team_sums = merge_sums(self._sums)
        self.sums = by_agent(self.team_sums)
        scorecards = agent_scorecards(self.sums, ruleset)
        agents = agents_table(scorecards)
        self.agents = agents
        with ParquetSink(self.data / "agents.parquet", agents.schema) as sink:
            sink.write(agents)
        if "csv" in self.options.outputs:
            with CsvWriter(self.folder / "agents.csv", "agents", lang, names, columns=agents.column_names) as writer:
                writer.write(agents)
        self.keywords = rank_keywords(self.words.table(), scorecards, self.earlier)
        with ParquetSink(self.folder / KEYWORDS_FILE, self.keywords.schema) as sink:
            sink.write(self.keywords)
        if "csv" in self.options.outputs:
            shown = [name for name in self.keywords.column_names if name != "listed"]
            with CsvWriter(self.folder / "keywords.csv", "keywords", lang, names, columns=shown) as writer:
                writer.write(self.keywords.filter(self.keywords["listed"]).select(shown))
        if "xlsx" in self.options.outputs or "html" in self.options.outputs:
            from qa_analyzer.reporting import pages_of, write_pages, write_workbook

            pages = pages_of(self)
            if "xlsx" in self.options.outputs:
                write_workbook(self, pages)
            if pages is not None:
                write_pages(self, inputs, pages)
        else:
            pages = None
        if self.options.by_team:
            from qa_analyzer.team_folders import write_team_folders

            self.team_folders = write_team_folders(self, pages)
        if "parquet" not in self.options.outputs:
            shutil.rmtree(self.data)

    def write_run(self, inputs: Sequence[str], seconds: float) -> dict[str, Any]:
        """run.json: what was run on what with what."""
        rulebook = self.engine.ruleset.rulebook
        facts: dict[str, Any] = {
            "qa_analyzer": __version__,
            "python": platform.python_version(),
            "packages": {name: version(name) for name in PACKAGES},
            "ruleset": rulebook.hash,
            "rules": len(rulebook.rules),
            "rules_folder": str(rulebook.folder) if self.options.rules else "shipped",
            "examples_passed": examples_passed(rulebook.hash),
            "emotion": self.options.emotion,
            "tolerant": self.options.tolerant,
            "inputs": [self.hide(one) for one in inputs],
            "working_folder": self.hide(str(Path.cwd())),
            "format": self.options.format,
            "columns_option": self.options.columns and self.hide(self.options.columns),
            "waivers_option": self.options.waivers and self.hide(str(self.options.waivers)),
            "finished_at": datetime.now().astimezone().isoformat(timespec="seconds"),
            "seconds": round(seconds, 3),
            "workers": self.options.workers,
            "outputs": list(self.options.outputs),
            "lang": self.options.lang,
            "masked": self.options.mask,
            "read": self.read,
            "scored": self.scored,
            "rejected": self.rejected,
            "not_assessable": self.not_assessable,
            "not_assessable_reasons": dict(sorted(self.reasons.items())),
            "critical_calls": self.critical,
            "roles": dict(self.roles),
            "agent_speaker": self.hide(self.options.agent.speaker or "") or None,
            "agent_channel": self.options.agent.channel,
            "agent_by_format": {
                name: {"speaker": voice.speaker} if voice.channel is None else {"channel": voice.channel}
                for name, voice in self.options.agent.by_format.items()
            },
            "compared_with": {"reports": [one.name for one in self.earlier_folders], "calls": self.earlier.calls},
            "waivers": self._waiver_facts(),
            "metadata": self._metadata_facts(),
            "repaired": dict(sorted(self.repaired.items())),
            "formats": dict(sorted(self.formats.items())),
            "columns": self.columns.facts(self.hide),
            "argv": [self.hide(one) for one in sys.argv[1:]],
        }
        text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
        (self.folder / "run.json").write_text(text, encoding="utf-8")
        for folder, counts in self.team_folders.items():
            # Whatever else counts the whole night is left out.
            mine = {key: value for key, value in facts.items() if key not in NIGHT_FACTS} | counts
            if facts["metadata"] is not None:
                mine["metadata"] = {"file": facts["metadata"]["file"]}
            text = json.dumps(mine, ensure_ascii=False, indent=2) + "\n"
            (folder / "run.json").write_text(text, encoding="utf-8")
        return facts


def find_call(inputs: Sequence[str | os.PathLike[str]], call_id: str, options: Options) -> tuple[CallPage, Names]:
    """One call of the inputs, judged, ready to be shown. Raises InputError when no call has that id."""
    options.check()
    engine = Engine(options)
    words = TEXTS[options.lang]
    refused: Rejected | None = None
    for block in engine.plan([os.fspath(one) for one in inputs]):
        chunk = engine.load(block)
        if engine.metadata is not None:
            chunk, _ = engine.metadata.join(chunk)
        found = chunk.calls.filter(pc.equal(chunk.calls.column("call_id"), call_id))
        if found.num_rows:
            analysis = engine.analyse(found.slice(0, 1))
            pages = build_pages(analysis, engine.ruleset, options.lang, mask=options.mask, waivers=engine.waivers)
            return pages[0], engine.names
        refused = refused or next((one for one in chunk.rejected if one.call_id == call_id), None)
    if refused is not None:
        facts = {"file": refused.file, "line": refused.line, "reason": refused.reason}
        raise InputError(words["call_rejected"].format(call_id=call_id, **facts))
    raise InputError(words["no_such_call"].format(call_id=call_id))


def read_report(folder: Path) -> dict[str, pa.Table]:
    """The tables of a finished report."""
    return {
        name: pq.read_table(folder / "data" / f"{name}.parquet")
        for name in ("agents", "calls", "findings", "emotion", "keywords")
    }
