"""qa-analyzer: reads call transcripts, judges them by rules, writes scorecards."""

__version__ = "0.1.0"
