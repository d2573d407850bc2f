"""Close codes in words: CLOSE-1 and CLOSE-2 of docs/protocol.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from optiverse_collab.core.protocol.close_codes import CloseCode, CloseReason, closing

PROTOCOL = Path(__file__).parents[3] / "docs" / "protocol.md"


def test_the_server_never_uses_codes_that_qt_hides() -> None:
    """CLOSE-1: Qt shows 1012 to 1014 as 1002."""
    assert not {1012, 1013, 1014} & set(CloseCode)


@pytest.mark.parametrize("code", [*CloseCode, *range(1000, 1016), 3000, 4401, 4403, 4404, 4999, 0])
def test_every_code_has_a_sentence(code: int) -> None:
    """CLOSE-2."""
    sentence = closing(code).sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_docs_list_every_reason_with_its_code() -> None:
    """CLOSE-2."""
    rule = PROTOCOL.read_text(encoding="utf-8").partition("**CLOSE-2**")[2].partition("- **")[0]
    documented: dict[str, int] = {}
    for words, code in re.findall(r"((?:`\w+`(?: and\s+)?)+) \((\d{4})\)", rule):
        documented.update(dict.fromkeys(re.findall(r"`(\w+)`", words), int(code)))
    assert documented == {reason.word: reason.code for reason in CloseReason}


@pytest.mark.parametrize(
    ("code", "retry"), [(1000, False), (1001, True), (1006, True), (4409, False), (4426, False), (4430, True)]
)
def test_whether_to_come_back(code: int, retry: bool) -> None:
    assert closing(code).retry is retry
