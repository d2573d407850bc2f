"""The benchmark of the sync core, which itself checks that its replicas agree."""

from __future__ import annotations

from benchmarks import core


def test_every_edit_arrives() -> None:
    """REP-1: `measure` asserts that both views are the same and that nothing is pending."""
    result = core.measure(edits=50, components=3)
    assert min(result.edit, result.accept, result.show) > 0
