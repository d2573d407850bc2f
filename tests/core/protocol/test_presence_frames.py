"""Outgoing presence: PRES-17 of docs/protocol.md."""

from __future__ import annotations

import json

import pytest

from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import PresencePatch
from optiverse_collab.core.protocol.presence_frames import PresenceFrames


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("ids", [(), ("c1",), ("c1", "c2"), ("c1", 'ü"2', "c3", "c4")])
def test_each_receiver_gets_what_is_not_their_own(ids: tuple[str, ...], full: bool) -> None:
    """PRES-17: the same message as from the codec, minus the receiver's own part."""
    states = {id: {"cursor": [1.5, number], "note": None} for number, id in enumerate(ids)}
    frames = PresenceFrames(PresencePatch(states, full))
    assert frames.whole == encode(PresencePatch(states, full)).encode()
    assert frames.without("somebody else") is frames.whole
    for id in ids:
        others = {other: state for other, state in states.items() if other != id}
        text = frames.without(id)
        assert text == (encode(PresencePatch(others, full)).encode() if others else b"")
        assert not text or json.loads(text)
