"""docs/troubleshooting.md names every close code, in the words that users read."""

from __future__ import annotations

import re
from pathlib import Path

from optiverse_collab.core.protocol.close_codes import CloseCode, ends_session
from optiverse_collab.wording.connection import closed

PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"


def test_the_table_of_close_codes_is_complete() -> None:
    """CLOSE-2: a code, its sentence, and whether it ends a participation that has synchronised (CONN-4)."""
    table = PAGE.read_text("utf-8").partition("<!-- codes -->\n")[2].partition("<!-- end of codes -->")[0]
    rows = re.findall(r"^\| (\d{4}) \| (.+?) \| .+? \| (yes|no) \|$", table, re.MULTILINE)
    wanted = [(f"{code:d}", closed(code), "no" if ends_session(code) else "yes") for code in CloseCode]
    assert rows == wanted
