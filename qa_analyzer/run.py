"""The nightly run: blocks → processes → tables → report folder. Nothing is lost or half-written.

The report grows in a folder beside its place and is moved there when it is whole. Blocks are analysed in any
process, but taken in input order, so that the same input gives the same bytes whatever the workers.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qa_analyzer.version import __version__
from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.emotion.model import Estimates, SnowNLPModel, load_model
from qa_analyzer.errors import InputError, OptionError, QaAnalyzerError, Rejected
from qa_analyzer.judging import Ruleset
from qa_analyzer.pages import build_pages
from qa_analyzer.privacy import mask_string
from qa_analyzer.readers import Block, Chunk, find_inputs, load, plan
from qa_analyzer.resources import shipped
from qa_analyzer.rulebook import load_rulebook
from qa_analyzer.scorecard import AgentSums, agent_scorecards, merge_sums
from qa_analyzer.tables import Tables, build_tables, rule_text
from qa_analyzer.tested import examples_passed
from qa_analyzer.writers.csv import CsvWriter, csv_rows
from qa_analyzer.writers.page import CallPage, GradeText, Names, RuleText
from qa_analyzer.writers.parquet import ParquetSink

Lang = Literal["zh", "en"]
OUTPUTS = ("csv", "parquet", "xlsx", "html")
REPORT_ENTRIES = (
    "agents.csv",
    "calls.csv",
    "findings.csv",
    "rejected.csv",
    "scorecards.xlsx",
    "index.html",
    "agents",
    "calls",
    "assets",
    "run.json",
    "data",
)
"""What a report folder holds; nothing else in it is ever touched."""

AHEAD = 3
"""Blocks in flight for each worker."""
MERGE_EVERY = 32
"""Blocks after which the agents' sums are merged, so that memory stays flat."""
REJECTED_SCHEMA = pa.schema([("file", pa.string()), ("line", pa.int64()), ("call_id", pa.string()), ("reason", pa.string())])

REPEATED = {
    "zh": "通话编号重复：同一编号的通话已在 {first} 评分，这一通没有评分；请给每通通话不同的编号",
    "en": "repeated call id: the call with this id in {first} was scored, this one was not; give each call its own id",
}
BEFORE = {"zh": "更前面", "en": "an earlier place"}
TEXTS = {
    "zh": {
        "emotion": "没有情绪模型「{name}」。可用：model（默认）、snownlp，或模型文件的路径。",
        "outputs": "没有输出「{name}」。可用：csv、parquet、xlsx、html，用逗号分隔。",
        "workers": "--workers 要是 1 以上的整数。",
        "not_a_report": "文件夹「{folder}」不是空的，也不是 qa-analyzer 的报告。请用 -o 指定别的文件夹，以免覆盖别的文件。",
        "crashed": "一个工作进程意外结束（可能内存不足）。请减少 --workers 后重新运行；没有写出报告。",
        "disk": "写报告失败：{error}。请检查磁盘空间和权限；原来的报告没有改动。",
    },
    "en": {
        "emotion": "no emotion model {name!r}; there are model (default), snownlp, or the path of a model file.",
        "outputs": "no output {name!r}; there are csv, parquet, xlsx, html, separated by commas.",
        "workers": "--workers must be a whole number from 1.",
        "not_a_report": "folder {folder} is not empty and is no report of qa-analyzer; choose another with -o.",
        "crashed": "a worker process died (perhaps out of memory); run again with fewer --workers. No report was written.",
        "disk": "writing the report failed: {error}. Check disk space and permissions; an earlier report is unchanged.",
    },
}


@dataclass(frozen=True)
class Options:
    """How to run. `rules` None = the shipped ones; `page_limit` = most call pages in HTML."""

    rules: Path | None = None
    workers: int = 1
    emotion: str = "model"
    outputs: tuple[str, ...] = OUTPUTS
    lang: Lang = "zh"
    mask: bool = True
    block_bytes: int = 16 << 20
    page_limit: int = 2000

    def check(self) -> None:
        """Raise OptionError for a value that means nothing."""
        words = TEXTS[self.lang]
        for name in self.outputs:
            if name not in OUTPUTS:
                raise OptionError(words["outputs"].format(name=name))
        if self.workers < 1:
            raise OptionError(words["workers"])


@dataclass(frozen=True)
class BlockResult:
    """What became of one block. `sums` is None without calls; `csv` = encoded rows by table."""

    tables: Tables | None
    sums: AgentSums | None
    csv: dict[str, bytes]
    rejected: list[Rejected]
    repaired: Counter[str]
    read: int
    ids: pa.Array
    places: list[tuple[str, int]]


@dataclass(frozen=True)
class RunResult:
    """What the caller needs to know of a finished run."""

    folder: Path
    read: int
    scored: int
    rejected: int
    not_assessable: int
    critical: int
    seconds: float
    facts: dict[str, Any] = field(default_factory=dict)


class Engine:
    """Rules, model and names loaded once a process; turns blocks into results."""

    def __init__(self, options: Options) -> None:
        self.options = options
        home = shipped("rules")
        rulebook = load_rulebook(options.rules or home, shipped_rubric=home / "rubric.yaml", lang=options.lang)
        self.ruleset = Ruleset(rulebook)
        self.names = make_names(self.ruleset, options.lang)

    @cached_property
    def model(self) -> Estimates:
        """The emotion model that `--emotion` names."""
        return choose_model(self.options.emotion, self.options.lang)

    def load(self, block: Block) -> Chunk:
        """Read a block."""
        return load(block, lang=self.options.lang, time_zone=self.ruleset.rubric.time_zone)

    def analyse(self, calls: pa.RecordBatch) -> Analysis:
        """Judge calls."""
        return analyse(calls, self.ruleset, self.model)

    def process(self, block: Block, skip: frozenset[str] = frozenset()) -> BlockResult:
        """Read, judge, score and encode one block. Calls with an id in `skip`, or repeated here, are rejected."""
        chunk = self.load(block)
        calls, rejected, kept = self._without_repeats(chunk, skip)
        places = [(chunk.files[int(index)], int(chunk.lines[int(index)])) for index in kept] if skip else []
        ids = calls.column("call_id")
        if not calls.num_rows:
            return BlockResult(None, None, {}, rejected, chunk.repaired, chunk.read, ids, places)
        tables, sums = build_tables(self.analyse(calls), self.ruleset, self.options.lang, mask=self.options.mask)
        encoded = {}
        if "csv" in self.options.outputs:
            encoded = {
                name: csv_rows(table, name, self.options.lang, self.names)
                for name, table in (("calls", tables.calls), ("findings", tables.findings))
            }
        return BlockResult(tables, sums, encoded, rejected, chunk.repaired, chunk.read, ids, places)

    def _without_repeats(
        self, chunk: Chunk, skip: frozenset[str]
    ) -> tuple[pa.RecordBatch, list[Rejected], NDArray[np.int64]]:
        ids = chunk.calls.column("call_id")
        codes = pc.dictionary_encode(ids).indices.to_numpy()
        first = np.unique(codes, return_index=True)[1] if len(codes) else np.zeros(0, np.int64)
        keep = np.zeros(len(ids), np.bool_)
        keep[first] = True
        if skip:
            keep &= ~np.asarray(pc.is_in(ids, pa.array(sorted(skip))).to_numpy(zero_copy_only=False)).astype(np.bool_)
        kept = np.flatnonzero(keep)
        if keep.all():
            return chunk.calls, list(chunk.rejected), kept
        lang = self.options.lang
        repeats = []
        for index in np.flatnonzero(~keep):
            before = first[codes[index]] if ids[index].as_py() not in skip else -1
            place = f"{chunk.files[before]}:{chunk.lines[before]}" if before >= 0 else BEFORE[lang]
            repeats.append(
                Rejected(
                    chunk.files[index],
                    int(chunk.lines[index]),
                    ids[index].as_py(),
                    REPEATED[lang].format(first=place),
                )
            )
        rejected = sorted([*chunk.rejected, *repeats], key=lambda one: (one.file, one.line))
        return chunk.calls.take(pa.array(kept)), rejected, kept


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
            source=tuple(rule.spec.source),
            criterion=rule.spec.criterion,
            severity=rule.spec.severity.value,
            status=rule.spec.status.value,
        )
        for rule in ruleset.rules
    }
    criteria = {code: one.name if lang == "zh" else one.en for code, one in rubric.criteria.items()}
    from qa_analyzer import wording

    grades = {one.grade: GradeText(wording.code_word("grade", one.grade, lang), one.from_) for one in rubric.grades}
    return Names(rules, criteria, grades)


# ---- one process or several -----------------------------------------------------------------------------------

_engine: Engine | None = None


def _start_worker(options: Options) -> None:
    global _engine  # noqa: PLW0603  a process pool's initialiser has nowhere else to keep its state
    pa.set_cpu_count(1)
    _engine = Engine(options)


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


class SeenIds:
    """Ids of all calls so far as 128-bit hashes in sorted arrays: 16 bytes a call, not a Python object each."""

    def __init__(self) -> None:
        self._chunks: list[NDArray[np.void]] = []

    def add(self, ids: pa.Array) -> Sequence[str]:
        """Remember ids; returns those that were there before."""
        import pandas as pd

        values = ids.to_pandas().to_numpy(object)
        keys = np.empty(len(values), dtype=[("a", np.uint64), ("b", np.uint64)])
        keys["a"] = pd.util.hash_array(values, categorize=False)
        keys["b"] = pd.util.hash_array(values, hash_key="qa-analyzer ids!", categorize=False)
        known = np.zeros(len(keys), np.bool_)
        for chunk in self._chunks:
            place = np.minimum(np.searchsorted(chunk["a"], keys["a"]), len(chunk) - 1)
            known |= chunk[place] == keys
        order = np.argsort(keys["a"], kind="stable")
        self._chunks.append(keys[order])
        while len(self._chunks) > 1 and len(self._chunks[-1]) * 2 > len(self._chunks[-2]):
            both = np.concatenate([self._chunks.pop(), self._chunks.pop()])
            self._chunks.append(both[np.argsort(both["a"], kind="stable")])
        return [str(value) for value in values[known]]


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
    files = find_inputs([os.fspath(one) for one in inputs], lang=options.lang)
    _refuse_foreign(folder, options.lang)
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = folder.parent / f".{folder.name}.part-{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir()
        report = Report(work, engine)
        with report:
            for block, result in _results(plan(inputs, block_bytes=options.block_bytes, lang=options.lang), engine):
                report.add(block, result)
                progress(report.blocks, report.read)
        if not report.scored and not report.rejected:
            raise InputError(", ".join(map(str, files)))
        report.finish(inputs)
        seconds = time.perf_counter() - began
        facts = report.write_run(inputs, seconds)
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
        facts=facts,
    )


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

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine
        self.options = engine.options
        self.read = self.scored = self.rejected = self.not_assessable = self.critical = self.blocks = 0
        self.undetermined = self.decided = 0
        self.repaired: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.histogram = np.zeros(10_001, np.int64)
        self._sums: list[AgentSums] = []
        self._seen = SeenIds()
        self._parquet: dict[str, ParquetSink] = {}
        self._csv: dict[str, CsvWriter] = {}
        self._rejected_file: CsvWriter | None = None
        self.data = folder / "data"
        self.data.mkdir()

    def __enter__(self) -> Report:
        lang, names = self.options.lang, self.engine.names
        self._rejected_file = CsvWriter(self.folder / "rejected.csv", "rejected", lang, names)
        return self

    def __exit__(self, *error: object) -> None:
        for sink in (*self._parquet.values(), *self._csv.values()):
            sink.close()
        if self._rejected_file is not None:
            self._rejected_file.close()

    def add(self, block: Block, result: BlockResult) -> None:
        """Append one block."""
        repeated = self._seen.add(result.ids) if len(result.ids) else []
        if repeated:
            # An id of an earlier block: rare, so the block is simply done again without it.
            result = self.engine.process(block, frozenset(repeated))
        self.blocks += 1
        self.read += result.read
        self.repaired += result.repaired
        self._reject(result.rejected)
        if result.tables is None or result.sums is None:
            return
        calls = result.tables.calls
        self.scored += calls.num_rows
        assessable = calls["assessable"].to_numpy()
        self.not_assessable += int((~assessable).sum())
        self.reasons.update(one for one in calls["not_assessable_reason"].to_pylist() if one) if not assessable.all() else None
        self.critical += int(calls["critical"].to_numpy().sum())
        points = calls["score"].drop_null().to_numpy()
        self.histogram += np.bincount(np.round(points * 100).astype(np.int64), minlength=10_001)
        self._sums.append(result.sums)
        if len(self._sums) >= MERGE_EVERY:
            self._sums = [merge_sums(self._sums)]
        self._write(result)

    def _reject(self, rejected: Sequence[Rejected]) -> None:
        self.rejected += len(rejected)
        if not rejected:
            return
        hide = mask_string if self.options.mask else str
        table = pa.table(
            {
                "file": [hide(one.file) for one in rejected],
                "line": pa.array([one.line or None for one in rejected], pa.int64()),
                "call_id": [hide(one.call_id) for one in rejected],
                "reason": [hide(one.reason) for one in rejected],
            },
            schema=REJECTED_SCHEMA,
        )
        assert self._rejected_file is not None
        self._rejected_file.write(table)

    def _write(self, result: BlockResult) -> None:
        assert result.tables is not None
        lang, names = self.options.lang, self.engine.names
        for name, table in (
            ("calls", result.tables.calls),
            ("findings", result.tables.findings),
            ("emotion", result.tables.emotion),
        ):
            if name not in self._parquet:
                self._parquet[name] = ParquetSink(self.data / f"{name}.parquet", table.schema)
            self._parquet[name].write(table)
            if name in result.csv:
                if name not in self._csv:
                    self._csv[name] = CsvWriter(
                        self.folder / f"{name}.csv", name, lang, names, columns=table.column_names
                    )
                self._csv[name].write_encoded(result.csv[name])

    # ---- the end of the run -------------------------------------------------------------------------------

    def finish(self, inputs: Sequence[str | os.PathLike[str]]) -> None:
        """Agents' table, then the outputs that need everything: XLSX and HTML."""
        ruleset, names, lang = self.engine.ruleset, self.engine.names, self.options.lang
        if not self._sums:
            empty = self.engine.analyse(_no_calls())
            tables, sums = build_tables(empty, ruleset, lang, mask=self.options.mask)
            self._sums = [sums]
            with self:
                self._write(BlockResult(tables, sums, {"calls": b"", "findings": b""} if "csv" in self.options.outputs else {}, [], Counter(), 0, pa.array([]), []))
                assert self._rejected_file is not None
        self.sums = merge_sums(self._sums)
        scorecards = agent_scorecards(self.sums, ruleset)
        agents = _agents_table(scorecards, ruleset)
        self.agents = agents
        with ParquetSink(self.data / "agents.parquet", agents.schema) as sink:
            sink.write(agents)
        if "csv" in self.options.outputs:
            with CsvWriter(self.folder / "agents.csv", "agents", lang, names, columns=agents.column_names) as writer:
                writer.write(agents)
        if "xlsx" in self.options.outputs or "html" in self.options.outputs:
            from qa_analyzer.reporting import write_pages, write_workbook

            if "xlsx" in self.options.outputs:
                write_workbook(self)
            if "html" in self.options.outputs:
                write_pages(self, inputs)
        if "parquet" not in self.options.outputs:
            shutil.rmtree(self.data)

    def write_run(self, inputs: Sequence[str | os.PathLike[str]], seconds: float) -> dict[str, Any]:
        """run.json: what was run on what with what."""
        rulebook = self.engine.ruleset.rulebook
        facts: dict[str, Any] = {
            "qa_analyzer": __version__,
            "python": platform.python_version(),
            "packages": {name: version(name) for name in ("numpy", "pyarrow", "pandas", "jieba", "scikit-learn", "snownlp")},
            "ruleset": rulebook.hash,
            "rules": len(rulebook.rules),
            "rules_folder": str(rulebook.folder) if self.options.rules else "shipped",
            "examples_passed": examples_passed(rulebook.hash),
            "emotion": self.options.emotion,
            "inputs": [mask_string(os.fspath(one)) if self.options.mask else os.fspath(one) for one in inputs],
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
            "repaired": dict(sorted(self.repaired.items())),
            "argv": [mask_string(one) for one in sys.argv[1:]] if self.options.mask else sys.argv[1:],
        }
        text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
        (self.folder / "run.json").write_text(text, encoding="utf-8")
        return facts


def _no_calls() -> pa.RecordBatch:
    from qa_analyzer.model import CALL_SCHEMA

    return pa.RecordBatch.from_pylist([], schema=CALL_SCHEMA)


def _agents_table(frame: Any, ruleset: Ruleset) -> pa.Table:
    whole = {"calls": pa.int64(), "critical_calls": pa.int64()}
    texts = ("agent_id", "agent_name", "team", "worst_rules")
    fields = [
        (name, pa.string() if name in texts else whole.get(name, pa.float64())) for name in frame.columns
    ]
    return pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False).replace_schema_metadata(None)


def find_call(inputs: Sequence[str | os.PathLike[str]], call_id: str, options: Options) -> tuple[CallPage, Names]:
    """One call of the inputs, judged, ready to be shown. Raises InputError when no call has that id."""
    options.check()
    engine = Engine(options)
    for block in plan(inputs, block_bytes=options.block_bytes, lang=options.lang):
        chunk = engine.load(block)
        found = chunk.calls.filter(pc.equal(chunk.calls.column("call_id"), call_id))
        if found.num_rows:
            pages = build_pages(engine.analyse(found.slice(0, 1)), engine.ruleset, options.lang, mask=options.mask)
            return pages[0], engine.names
    zh = options.lang == "zh"
    raise InputError(f"输入里没有通话「{call_id}」。" if zh else f"no call {call_id!r} in the input.")


def read_report(folder: Path) -> dict[str, pa.Table]:
    """The tables of a finished report."""
    return {name: pq.read_table(folder / "data" / f"{name}.parquet") for name in ("agents", "calls", "findings", "emotion")}
