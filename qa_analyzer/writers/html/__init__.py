"""Pages that open by double click, without a network: index → agent → call."""

from qa_analyzer.writers.html.file_names import page_href, safe_name
from qa_analyzer.writers.html.pages import (
    ASSET_FILES,
    asset,
    render_call,
    render_served,
    write_agent,
    write_assets,
    write_call,
    write_index,
)

__all__ = [
    "ASSET_FILES",
    "asset",
    "page_href",
    "render_call",
    "render_served",
    "safe_name",
    "write_agent",
    "write_assets",
    "write_call",
    "write_index",
]
