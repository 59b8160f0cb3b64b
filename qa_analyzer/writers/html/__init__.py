"""Pages that open by double click, without a network: index → agent → call."""

from qa_analyzer.writers.html.file_names import safe_name
from qa_analyzer.writers.html.pages import write_agent, write_assets, write_call, write_index

__all__ = ["safe_name", "write_agent", "write_assets", "write_call", "write_index"]
