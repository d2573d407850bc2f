"""The benchmark of history requests, which must all be answered."""

from __future__ import annotations

import pytest

from benchmarks import past
from benchmarks.targets import server


def test_every_question_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-2, HIST-7: `measure` raises if one is refused; the session has more than one chunk."""
    monkeypatch.setattr(past, "SPAN", 100)
    result = past.measure(server, 30, 6_000, 3)
    assert len(result.benches) == len(result.changes) == 3
    assert result.join > 0
