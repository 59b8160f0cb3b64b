"""qa-analyzer: reads call transcripts, judges them by rules, writes scorecards.

>>> import qa_analyzer
>>> report = qa_analyzer.score("calls/")          # doctest: +SKIP
>>> report.agents                                 # doctest: +SKIP
"""

from qa_analyzer.api import Report, score
from qa_analyzer.version import __version__

__all__ = ["Report", "__version__", "score"]
