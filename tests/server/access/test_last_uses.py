"""When grants were last used: ACC-4 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab_server.access.grants import Grants
from optiverse_collab_server.access.last_uses import EVERY_MS, LastUses
from tests.helpers.grants import grant


def test_times_are_shown_at_once_and_stored_now_and_then() -> None:
    """ACC-4."""
    device, uses = grant(id="d"), LastUses(0)
    assert not uses.are_due(EVERY_MS)
    uses.note("d", 5)
    assert uses.shown(device).seen_ms == 5
    assert not uses.are_due(EVERY_MS - 1)
    assert uses.are_due(EVERY_MS)
    assert not uses.are_due(EVERY_MS + 1), "they are being stored"


def test_what_was_used_meanwhile_stays_to_be_stored() -> None:
    """ACC-4."""
    grants, uses = Grants([grant(id="d"), grant(id="e")]), LastUses(0)
    for id in ("d", "e", "gone"):
        uses.note(id, 5)
    used = uses.unstored(grants)
    assert [(one.id, one.seen_ms) for one in used] == [("d", 5), ("e", 5)]
    uses.note("e", 6)
    uses.stored(used)
    assert [(one.id, one.seen_ms) for one in uses.unstored(grants)] == [("e", 6)]
