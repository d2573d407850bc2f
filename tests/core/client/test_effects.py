"""Effects: what the core asks its driver to do."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.client.effects import PresenceChanged, Transmit
from optiverse_collab.core.protocol.messages import Ping


def test_a_message_is_encoded_once() -> None:
    """MSG-2: the text that is sent is the text whose bytes are counted."""
    transmit = Transmit(Ping("ann"))
    assert msgspec.json.decode(transmit.text) == {"type": "ping", "user_id": "ann"}
    assert transmit.text is transmit.text


def test_presence_says_whose_it_is() -> None:
    """PRES-1: a message of one participant needs a look at that participant, a welcome a look at all."""
    assert PresenceChanged(frozenset({"a1"})).changed == frozenset({"a1"})
    assert PresenceChanged(frozenset({"a1"}), full=True).changed is None
