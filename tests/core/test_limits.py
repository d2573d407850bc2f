"""The limits that both ends keep: LIM rules and PUSH-3 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.limits import Limits


def test_longest_change_fits_into_a_message() -> None:
    """PUSH-3."""
    assert Limits().change_bytes == 1024 * 1024 - 64 * 1024
    assert Limits(message_bytes=100_000).change_bytes < 100_000


def test_page_has_room_for_the_longest_record() -> None:
    """SYNC-3: a page that is nearly full has room for one more."""
    limits = Limits()
    assert limits.page_bytes + limits.record_bytes < limits.message_bytes
