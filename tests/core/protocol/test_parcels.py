"""Messages with parcels: BACK rules."""

from __future__ import annotations

import json

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import decode_client, decode_server, encode
from optiverse_collab.core.protocol.messages import SyncRequest
from optiverse_collab.core.protocol.parcels import PARCELS_PER_MESSAGE, Parcel, ParcelsReturned
from optiverse_collab.errors import MessageRefused

PARCEL = Parcel("e", 3, "00" * 16, 5, "11" * 16, b"\x00\xff", "22" * 16)


def test_bytes_are_base64() -> None:
    """BACK-5"""
    text = encode(PARCEL)
    assert json.loads(text)["packed"] == "AP8="
    assert decode_server(text, Limits()) == PARCEL
    returned = ParcelsReturned(3, [PARCEL])
    assert decode_client(encode(returned), Limits()) == returned


def test_an_answer_is_bounded() -> None:
    """BACK-8"""
    text = encode(ParcelsReturned(3, [PARCEL] * (PARCELS_PER_MESSAGE + 1)))
    with pytest.raises(MessageRefused):
        decode_client(text, Limits())


@pytest.mark.parametrize("packed", ["?", 5, None])
def test_other_bytes_are_refused(packed: object) -> None:
    """LIM-5"""
    message = json.loads(encode(ParcelsReturned(3, [PARCEL])))
    message["parcels"][0]["packed"] = packed
    with pytest.raises(MessageRefused):
        decode_client(json.dumps(message), Limits())


def test_an_older_client_carries_nothing() -> None:
    """BACK-5: it doesn't say that it does."""
    assert decode_client('{"type":"sync:request","client_id":"a"}', Limits()) == SyncRequest("a")
