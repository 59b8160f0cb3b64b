"""Anything that can be read → one Parquet file in the canonical columns. Judges nothing and needs no rules.

One block is held at a time. The file grows beside its place and is moved there when it is whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qa_analyzer.batch import BatchSettings, build_batch
from qa_analyzer.errors import InputError, OptionError, QaAnalyzerError, Rejected
from qa_analyzer.model import CALL_SCHEMA, UTTERANCE
from qa_analyzer.privacy import mask_string, masked_points
from qa_analyzer.readers import load, plan
from qa_analyzer.readers.column_option import read_columns
from qa_analyzer.seen import SeenIds, without_repeats
from qa_analyzer.tables import slices
from qa_analyzer.wording import Lang
from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.running import CONVERTING
from qa_analyzer.writers.csv import CsvWriter
from qa_analyzer.writers.page import Names

ROW_GROUP = 4096
"""Calls in a row group: some 10 MB of text, so that a reader need not hold more."""

TEXTS = texts(CONVERTING)


@dataclass(frozen=True)
class Converted:
    """What became of a conversion: read = written + rejected. `reasons` is None where nothing was rejected."""

    path: Path
    read: int
    written: int
    rejected: int
    reasons: Path | None


def convert(
    inputs: Sequence[str | os.PathLike[str]],
    target: Path,
    *,
    mask: bool = True,
    form: str | None = None,
    columns: str | None = None,
    lang: Lang = "zh",
    block_bytes: int = 8 << 20,
    progress: Callable[[int], None] = lambda calls: None,
) -> Converted:
    """Write the calls of `inputs` to the Parquet file `target`.

    With `mask` personal data in texts is masked one code point for one, and word texts are left out (their times would
    tell the digits apart). What was rejected goes to `<target>.rejected.csv`. `form`: see `readers.load`;
    `columns`: what columns of tables hold, as `--columns` takes it.
    Raises InputError where there is no call, OptionError for a target that exists or is no .parquet.
    """
    words = TEXTS[lang]
    if target.suffix.lower() != ".parquet":
        raise OptionError(words["suffix"].format(path=target))
    if target.exists():
        raise OptionError(words["exists"].format(path=target))
    reasons = target.with_name(target.name + ".rejected.csv")
    given = None if columns is None else read_columns(columns, lang=lang)
    blocks = plan([os.fspath(one) for one in inputs], block_bytes=block_bytes, lang=lang, columns=given)
    part, part_reasons = (one.with_name(f".{one.name}.part-{os.getpid()}") for one in (target, reasons))
    read = written = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        seen = SeenIds()
        waiting: list[pa.RecordBatch] = []
        with (
            pq.ParquetWriter(part, CALL_SCHEMA, compression="zstd", version="2.6") as sink,
            CsvWriter(part_reasons, "rejected", lang, Names({}, {}, {}, {})) as rejects,
        ):
            for block in blocks:
                found = load(block, lang=lang, form=form)
                ids, files = found.calls.column("call_id"), pc.dictionary_encode(pa.array(found.files, pa.string()))
                before = seen.add(ids, files, found.lines)
                kept, rejected = without_repeats(found, before, lang)
                read += found.read
                _write_rejected(rejects, rejected, mask=mask)
                written += kept.calls.num_rows
                waiting.append(masked_calls(kept.calls) if mask else kept.calls)
                if sum(one.num_rows for one in waiting) >= ROW_GROUP:
                    sink.write_table(pa.Table.from_batches(waiting), row_group_size=ROW_GROUP)
                    waiting = []
                progress(read)
            sink.write_table(pa.Table.from_batches(waiting, CALL_SCHEMA), row_group_size=ROW_GROUP)
        if read > written:
            part_reasons.replace(reasons)
        if not written:
            raise InputError(words["nothing"].format(path=reasons) if read else words["no_calls"])
        part.replace(target)
    except OSError as error:
        raise QaAnalyzerError(words["disk"].format(error=mask_string(str(error)))) from error
    finally:
        part.unlink(missing_ok=True)
        part_reasons.unlink(missing_ok=True)
    return Converted(target, read, written, read - written, reasons if read > written else None)


def masked_calls(calls: pa.RecordBatch) -> pa.RecordBatch:
    """Calls (n) with personal data in their texts masked one code point for one, without word texts and times."""
    if not calls.num_rows:
        return calls
    batch = build_batch(calls, BatchSettings())
    texts = slices(masked_points(batch), batch.utterance_start, batch.utterance_length)
    lists = calls.column("utterances")
    spoken = lists.flatten()
    fields = [
        texts if field.name == "text" else pa.nulls(len(spoken), field.type) if field.name == "words" else column
        for field, column in zip(UTTERANCE, spoken.flatten(), strict=True)
    ]
    lengths = pc.list_value_length(lists).to_numpy()
    offsets = pa.array(np.concatenate(([0], np.cumsum(lengths))), pa.int32())
    masked = pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(fields, fields=list(UTTERANCE)))
    return calls.set_column(calls.schema.get_field_index("utterances"), "utterances", masked)


def _write_rejected(writer: CsvWriter, rejected: Sequence[Rejected], *, mask: bool) -> None:
    hide = mask_string if mask else str
    if rejected:
        rows = [(hide(one.file), one.line, hide(one.call_id), hide(one.reason)) for one in rejected]
        names = ("file", "line", "call_id", "reason")
        writer.write(pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)}))
