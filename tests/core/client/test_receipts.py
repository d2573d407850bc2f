"""When a client confirms arrivals to the server (SYNC-11)."""

from __future__ import annotations

from optiverse_collab.core.client.receipts import HAVE_BYTES, HAVE_EVERY_MS, Receipts
from optiverse_collab.core.protocol.messages import Have


def test_what_an_answer_brought_needs_no_receipt() -> None:
    """SYNC-12: the pages of an answer count as confirmed."""
    receipts = Receipts()
    receipts.arrived(HAVE_BYTES)
    receipts.begin(7)
    assert receipts.wait_ms(7, 0) is None
    assert receipts.take(7, 0) == []


def test_receipts_are_half_a_second_apart() -> None:
    receipts = Receipts()
    assert receipts.take(1, 100) == [Have(1)]
    assert receipts.wait_ms(1, 200) is None
    assert receipts.wait_ms(2, 200) == HAVE_EVERY_MS - 100
    assert receipts.take(2, 200) == []
    assert receipts.take(3, 100 + HAVE_EVERY_MS) == [Have(3)]


def test_much_needs_a_receipt_at_once() -> None:
    receipts = Receipts()
    receipts.take(1, 0)
    receipts.arrived(HAVE_BYTES - 1)
    assert receipts.take(2, 1) == []
    receipts.arrived(1)
    assert receipts.take(2, 1) == [Have(2)]
    assert receipts.take(3, 1) == []
