"""Close codes: CLOSE-1 and CLOSE-2 of docs/protocol.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from optiverse_collab.core.protocol.close_codes import CloseCode, CloseReason, ends_session, may_retry

ROOT = Path(__file__).parents[3]


def test_server_never_sends_codes_that_qt_hides() -> None:
    """CLOSE-1: Qt shows 1012 to 1014 as 1002."""
    assert not {reason.code for reason in CloseReason} & {1012, 1013, 1014}


def test_docs_list_every_reason_with_its_code() -> None:
    """CLOSE-2."""
    text = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    rule = text.partition("**CLOSE-2**")[2].partition("- **")[0]
    documented: dict[str, int] = {}
    for words, code in re.findall(r"((?:`\w+`(?:\s+and\s+)?)+) \((\d{4})\)", rule):
        documented.update(dict.fromkeys(re.findall(r"`(\w+)`", words), int(code)))
    assert documented == {reason.word: reason.code for reason in CloseReason}


def test_rule_names_every_code_of_ours() -> None:
    """CLOSE-1."""
    rule = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8").partition("**CLOSE-1**")[2]
    named = {int(code) for code in re.findall(r"\b4\d\d\d\b", rule.partition("**CLOSE-2**")[0])}
    assert named == {code for code in CloseCode if code >= 4000}


HELPS = {
    *(CloseCode.GOING_AWAY, CloseCode.PROTOCOL_ERROR, CloseCode.NO_STATUS_RCVD, CloseCode.ABNORMAL_CLOSURE),
    *(CloseCode.INTERNAL_ERROR, CloseCode.SERVICE_RESTART, CloseCode.TRY_AGAIN_LATER, CloseCode.BAD_GATEWAY),
    *(CloseCode.TIMEOUT, CloseCode.TOO_FAST, CloseCode.TOO_SLOW, CloseCode.SESSION_FULL),
    CloseCode.NOT_SERVING,
}


@pytest.mark.parametrize("code", [*CloseCode, 0, 3000, 4999])
def test_whether_to_come_back(code: int) -> None:
    """CLOSE-2: also after unknown codes, and after many more if the session was synchronised before."""
    assert may_retry(code) == (code in HELPS or code not in set(CloseCode))
    assert ends_session(code) == (code in (4400, 4401, 4403, 4409, 4426))
    assert not (may_retry(code) and ends_session(code))
