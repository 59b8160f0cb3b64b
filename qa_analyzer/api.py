"""The Python interface: transcripts in, DataFrames out. The same columns as the Parquet files of a report."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Report:
    """What a run found, as pandas DataFrames with the contract's columns.

    agents: one row an agent; calls: one row a call; findings: one row for each failure, each open question and each
    pass with evidence; emotion: one row a customer turn; keywords: what customers talk about;
    rejected: what could not be read, and why. `run`: counts.
    """

    agents: pd.DataFrame
    calls: pd.DataFrame
    findings: pd.DataFrame
    emotion: pd.DataFrame
    keywords: pd.DataFrame
    rejected: pd.DataFrame
    run: dict[str, Any]


def score(
    inputs: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    rules: str | os.PathLike[str] | None = None,
    waivers: str | os.PathLike[str] | None = None,
    metadata: str | os.PathLike[str] | None = None,
    columns: str | None = None,
    folder: str | os.PathLike[str] | None = None,
    workers: int = 1,
    agent_speaker: str | None = None,
    agent_channel: int | None = None,
    emotion: str = "model",
    tolerant: bool = False,
    lang: Literal["zh", "en"] = "zh",
    mask: bool = True,
) -> Report:
    """Score transcripts: a file, a folder, a glob, or several of them.

    `waivers`: a file of failures to let pass; by default the one in the rules folder. `metadata`: the telephone
    system's record of the calls (CSV, XLSX). `columns`: what columns of tables hold, `call_id=流水号,text=内容` or the
    path of a YAML file. `tolerant`: words that the recogniser misheard count by their sound (never for critical
    failures). With `folder` the whole report (CSV, Excel, HTML, Parquet) is also written there.
    `agent_speaker` or `agent_channel` names the agent's voice where the input has labels or channels but no roles;
    without it the agent is found from the words. `mask=False` shows personal data.
    Raises `qa_analyzer.errors.QaAnalyzerError`: RulesError, InputError, OptionError.
    """
    from qa_analyzer.reporting import read_rejected
    from qa_analyzer.roles import AgentVoice
    from qa_analyzer.run import OUTPUTS, Options, read_report
    from qa_analyzer.run import score as run_score

    given = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
    options = Options(
        rules=None if rules is None else Path(rules),
        waivers=None if waivers is None else Path(waivers),
        metadata=None if metadata is None else Path(metadata),
        columns=columns,
        workers=workers,
        agent=AgentVoice(agent_speaker, agent_channel),
        emotion=emotion,
        tolerant=tolerant,
        lang=lang,
        mask=mask,
        outputs=OUTPUTS if folder is not None else ("parquet",),
    )
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "report" if folder is None else Path(folder)
        result = run_score(given, target, options)
        tables = {name: table.to_pandas() for name, table in read_report(target).items()}
        rejected = read_rejected(target).to_pandas()
    return Report(**tables, rejected=rejected, run=result.facts)
