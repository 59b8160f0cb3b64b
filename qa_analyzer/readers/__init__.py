"""Transcripts in, columns out: NDJSON, Parquet, CSV, XLSX and written dialogues, compressed or not.

    find_inputs(paths)  the files that paths, folders and globs mean
    plan(paths)         → picklable blocks of work, in a fixed order
    load(block)         → a chunk: valid, repaired calls in columns, and an account of the rest

What a file is, its content decides. Knows nothing of rules and judging; repeated call ids are for the caller, who sees
all blocks.
"""

from qa_analyzer.readers.chunk import Block, BlockKind, Chunk, Source
from qa_analyzer.readers.inputs import find_inputs
from qa_analyzer.readers.loading import TIME_ZONE, load
from qa_analyzer.readers.messages import REPAIRS
from qa_analyzer.readers.planning import BLOCK_BYTES, plan

__all__ = [
    "BLOCK_BYTES",
    "REPAIRS",
    "TIME_ZONE",
    "Block",
    "BlockKind",
    "Chunk",
    "Source",
    "find_inputs",
    "load",
    "plan",
]
