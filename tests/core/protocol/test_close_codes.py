"""Close codes in words: CLOSE-1 and CLOSE-2 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.protocol.close_codes import CloseCode, closing


def test_the_server_never_uses_codes_that_qt_hides() -> None:
    """CLOSE-1: Qt shows 1012 to 1014 as 1002."""
    assert not {1012, 1013, 1014} & set(CloseCode)


@pytest.mark.parametrize("code", [*CloseCode, *range(1000, 1016), 3000, 4401, 4403, 4404, 4999, 0])
def test_every_code_has_a_sentence(code: int) -> None:
    """CLOSE-2."""
    sentence = closing(code).sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("code", "retry"), [(1000, False), (1001, True), (1006, True), (4409, False), (4426, False), (4430, True)]
)
def test_whether_to_come_back(code: int, retry: bool) -> None:
    assert closing(code).retry is retry
