"""The messages between two servers: STAND-2 of docs/protocol.md."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab.core.server.batches import Batch
from optiverse_collab_server.access.grants import EVERY_SESSION
from optiverse_collab_server.standby import messages
from optiverse_collab_server.standby.messages import (
    Access,
    Changes,
    Durable,
    FromPrimary,
    FromStandby,
    Hello,
    Positions,
    Start,
    Where,
    decode_from_primary,
    decode_from_standby,
    encode,
    portions,
)
from tests.helpers.grants import grant
from tests.helpers.storage import encoded, head, names

INVITE = grant("t" * 22, Role.FOLLOWER, GrantKind.INVITE, EVERY_SESSION, expires_ms=7, knock=True)


@pytest.mark.parametrize(
    "message",
    [
        Access([INVITE], ["gone"], all=True, done=True),
        Start("läb", names(2)),
        Changes("lab", Batch(3, head(3), [encoded(4)], names(1))),
    ],
)
def test_what_the_primary_sends_arrives(message: FromPrimary) -> None:
    """STAND-2, STAND-3: bytes stay bytes."""
    assert decode_from_primary(encode(message)) == message


@pytest.mark.parametrize(
    "message", [Hello(2**40), Positions({"lab": Where("e", 3, head(3), 1, 2)}, True), Durable("lab", 7)]
)
def test_what_the_standby_sends_arrives(message: FromStandby) -> None:
    """STAND-2"""
    assert decode_from_standby(encode(message)) == message


@pytest.mark.parametrize("where", [Where("e" * 129, 3, head(3), 1, 2), Where("e", 3, b"x" * 17, 1, 2)])
def test_a_position_is_short(where: Where) -> None:
    """STAND-2: the primary holds one for each session."""
    with pytest.raises(msgspec.ValidationError):
        decode_from_standby(encode(Positions({"lab": where}, True)))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, [([], True)]),
        (2, [([0, 1], True)]),
        (3, [([0, 1], False), ([2], True)]),
        (4, [([0, 1], False), ([2, 3], True)]),
    ],
)
def test_long_lists_come_in_portions(
    monkeypatch: pytest.MonkeyPatch, count: int, expected: list[tuple[list[int], bool]]
) -> None:
    """STAND-2"""
    monkeypatch.setattr(messages, "LIST_ITEMS", 2)
    assert list(portions(list(range(count)))) == expected
