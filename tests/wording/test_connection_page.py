"""docs/troubleshooting.md lists every close code, with the sentence that users read."""

from __future__ import annotations

from pathlib import Path

from markdown_it import MarkdownIt

from optiverse_collab.core.protocol.close_codes import CloseCode, ends_session
from optiverse_collab.wording.connection import closed

PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"


def rows() -> list[list[str]]:
    """The cells of the page's last table, without its header, as a reader sees them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(PAGE.read_text("utf-8"))
    kinds = [token.type for token in tokens]
    begin = max(place for place, kind in enumerate(kinds) if kind == "tbody_open")
    end = kinds.index("tbody_close", begin)
    cells = [token.content for token in tokens[begin:end] if token.type == "inline"]
    return [cells[start : start + 4] for start in range(0, len(cells), 4)]


def test_the_table_of_close_codes_is_complete() -> None:
    """CLOSE-2: a code, its sentence, and whether it ends a participation that has synchronised (CONN-4)."""
    found = [(code, says, again) for code, says, _, again in rows()]
    wanted = [(f"{code:d}", closed(code), "no" if ends_session(code) else "yes") for code in CloseCode]
    assert found == wanted
