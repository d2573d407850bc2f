"""Links that name a server and its standby: STAND-7, LINK-1 of docs/protocol.md."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from optiverse_collab.core.protocol.address import Address, invite_link, parse_address
from optiverse_collab.errors import AddressError

ALSO = f"wss://standby:8765#pin={'q' * 43}"
LINK = f"wss://lab:8765/ws/Zo%C3%AB#t={'t' * 22}&pin={'p' * 43}&also={quote(ALSO, safe='')}"


def test_a_link_names_the_standby() -> None:
    """STAND-7, LINK-1: it stays with the address, without the token."""
    address = parse_address(LINK)
    assert address == Address("wss://lab:8765", "Zoë", "t" * 22, "p" * 43, also=ALSO)
    assert address.link == LINK
    assert parse_address(address.remembered) == address._replace(session=None, token=None)
    again = invite_link(address.remembered, "other", "u" * 22)
    assert parse_address(again) == Address("wss://lab:8765", "other", "u" * 22, "p" * 43, also=ALSO)


@pytest.mark.parametrize(
    "also",
    [
        "ws://standby:8765",
        "wss://standby:8765/ws/lab",
        f"wss://standby:8765#t={'t' * 22}",
        "wss://standby:8765#also=wss%3A%2F%2Fthird",
        "wss://standby:8765#clock=3",
    ],
)
def test_a_damaged_standby_is_refused(also: str) -> None:
    """STAND-7, LINK-1: not encrypted, a session, a token, yet another one, a moment."""
    with pytest.raises(AddressError, match="The second address in the link is damaged"):
        parse_address(f"wss://lab:8765#also={quote(also, safe='')}")
