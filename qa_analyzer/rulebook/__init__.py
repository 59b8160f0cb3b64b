"""Rules and rubric: their schema, and reading them from a folder."""

from qa_analyzer.rulebook.loading import load_rulebook, read_rulebook
from qa_analyzer.rulebook.model import Rule, Rulebook, RuleExample
from qa_analyzer.rulebook.schema import Rubric, RuleFile

__all__ = ["Rubric", "Rule", "RuleExample", "RuleFile", "Rulebook", "load_rulebook", "read_rulebook"]
