"""What a client does with parcels (BACK)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.carrying import BroughtBack, KeepParcel, ParcelsWanted
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.messages import SyncRequest
from optiverse_collab.core.protocol.parcels import ChangesBroughtBack, Parcel, ParcelsRequest
from tests.helpers.carrying_wire import Carrier, CarryingWire
from tests.helpers.wire import Peer

PARCEL = Parcel("e", 3, "00" * 16, 5, "11" * 16, b"\x00\xff", "22" * 16)


@pytest.mark.parametrize(
    ("message", "effect"),
    [
        (PARCEL, KeepParcel(PARCEL)),
        (ParcelsRequest(3, ["e"]), ParcelsWanted(ParcelsRequest(3, ["e"]))),
        (ChangesBroughtBack(500, ["Ann", "Ben"]), BroughtBack(500, ("Ann", "Ben"))),
    ],
)
def test_each_message_has_one_effect(message: Message, effect: object) -> None:
    """BACK-6, BACK-8, BACK-10; over the wire."""
    session = SessionClient("ann", Replica("a"))
    assert session.receive(encode(message), 0.0) == [effect]


def test_only_a_client_with_a_disk_carries() -> None:
    """BACK-6: a script, whose replica ends with it, carries nothing."""
    wire, ann, script = CarryingWire(), Carrier("ann"), Peer("script")
    wire.connect(ann, script)
    wire.edited(ann, 2)
    assert [(one.after, one.clock) for one in ann.kept] == [(0, 2)]
    assert not script.told(KeepParcel)
    requests = [text for text in wire.recorded if "sync:request" in text]
    assert ["carries" in text for text in requests] == [True, False]
    assert SyncRequest("a").carries is False
