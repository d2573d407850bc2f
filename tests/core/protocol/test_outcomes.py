"""The results of changes, on the wire: PUSH-4, SEEN-3, SYNC-9 of docs/protocol.md."""

from __future__ import annotations

import json

import msgspec
import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import close_patch, decode_server, encode, patch_body
from optiverse_collab.core.protocol.messages import Delta, Patch
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Notice, Part, Replaced

RICH = Ack(
    7,
    AckResult.REBASE,
    12,
    lost=[Part("gone", by="bob", clock=3)],
    held=[Part("a", ["x", "y"], "cid", 4)],
    replaced=[Part("b", ["pos"])],
)


def test_acknowledgement_names_parts_as_the_protocol_says() -> None:
    """PUSH-4: it has no values, and omits keys that say nothing."""
    assert json.loads(msgspec.json.encode(RICH)) == {
        "client_clock": 7,
        "result": "rebase",
        "clock": 12,
        "lost": [{"id": "gone", "by": "bob", "clock": 3}],
        "held": [{"id": "a", "names": ["x", "y"], "by": "cid", "clock": 4}],
        "replaced": [{"id": "b", "names": ["pos"]}],
    }
    assert json.loads(msgspec.json.encode(Ack(7, AckResult.DUPLICATE))) == {
        "client_clock": 7,
        "result": "duplicate",
    }


@pytest.mark.parametrize(
    "ack",
    [
        RICH,
        Ack(1, AckResult.COMMIT, 3, client_id="former"),
        Ack(2, AckResult.REFUSED, reason="too_deep", message="Flatten it."),
    ],
)
def test_acknowledgements_arrive_as_they_were_sent(ack: Ack) -> None:
    """PUSH-4, SYNC-6: in patches and in pages."""
    text = close_patch(patch_body([], "", {}), [ack]).decode()
    assert decode_server(text, Limits()) == Patch([], acks=[ack])
    notice = Notice(9, "a", ["x"], "bob")
    page = Delta("e", 1, 9, "ff", 2, 0, acks=[ack], notices=[notice], more=3, done=True)
    assert decode_server(encode(page), Limits()) == page


def test_results_are_a_closed_set() -> None:
    """PUSH-4, MSG-6."""
    assert [result.value for result in AckResult] == ["commit", "rebase", "discard", "duplicate", "refused"]


def test_what_was_replaced_names_the_origin_of_the_values() -> None:
    """SEEN-3, STAMP-1."""
    replaced = Replaced("a", ["x"], "f" * 32)
    assert msgspec.json.encode(replaced) == b'{"id":"a","names":["x"],"of":"%b"}' % (b"f" * 32)
