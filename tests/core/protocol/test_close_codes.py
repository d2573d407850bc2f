"""Close codes: CLOSE-1 and CLOSE-2 of docs/protocol.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from optiverse_collab.core.protocol.close_codes import CloseCode, may_retry

ROOT = Path(__file__).parents[3]


def sent_by_the_server() -> Iterator[CloseCode]:
    """The codes that the server's sources name."""
    for folder in ("server/optiverse_collab_server", "optiverse_collab/core/server"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in re.findall(r"\bCloseCode\.([A-Z_]+)", path.read_text(encoding="utf-8")):
                yield CloseCode[name]


def test_server_never_sends_codes_that_qt_hides() -> None:
    """CLOSE-1: Qt shows 1012 to 1014 as 1002."""
    sent = set(sent_by_the_server())
    assert CloseCode.REPLACED in sent
    assert not sent & {1012, 1013, 1014}


def test_rule_names_every_code_of_ours() -> None:
    """CLOSE-1."""
    rule = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8").partition("**CLOSE-1**")[2]
    named = {int(code) for code in re.findall(r"\b4\d\d\d\b", rule.partition("**CLOSE-2**")[0])}
    assert named == {code for code in CloseCode if code >= 4000}


HELPS = {
    *(CloseCode.GOING_AWAY, CloseCode.PROTOCOL_ERROR, CloseCode.NO_STATUS_RCVD, CloseCode.ABNORMAL_CLOSURE),
    *(CloseCode.INTERNAL_ERROR, CloseCode.SERVICE_RESTART, CloseCode.TRY_AGAIN_LATER, CloseCode.BAD_GATEWAY),
    *(CloseCode.TIMEOUT, CloseCode.TOO_FAST, CloseCode.TOO_SLOW, CloseCode.SESSION_FULL),
}


@pytest.mark.parametrize("code", [*CloseCode, 0, 3000, 4999])
def test_whether_to_come_back(code: int) -> None:
    """CLOSE-2: after a code that nobody defined, too."""
    assert may_retry(code) == (code in HELPS or code not in set(CloseCode))
