"""What our own formats can tell, for the list of formats. Their readers stand beside the folder of vendors."""

from __future__ import annotations

from dataclasses import dataclass

from qa_analyzer.readers.vendors.form import Tells


@dataclass(frozen=True, slots=True)
class OwnFormat:
    """A format of this program. Told by content only: `--format` does not name it."""

    title: dict[str, str]
    tells: Tells


_ALL = Tells(times="some", words="some", speakers="some", roles="some", overlaps="some")

OWN_FORMATS = (
    OwnFormat({"zh": "NDJSON，每行一通（约定格式）", "en": "NDJSON, one call a line (canonical)"}, _ALL),
    OwnFormat({"zh": "Parquet（同样的列）", "en": "Parquet with the same columns"}, _ALL),
    OwnFormat(
        {"zh": "CSV、XLSX，每行一句话或一通", "en": "CSV, XLSX, one utterance or one call a row"},
        Tells(times="some", speakers="some", roles="some", overlaps="some"),
    ),
    OwnFormat(
        {"zh": "纯文本「客服：……客户：……」", "en": "plain text, 客服：… 客户：…"},
        Tells(times="some", speakers=True, roles="some", overlaps="some"),
    ),
)
