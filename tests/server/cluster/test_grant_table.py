"""The messages of the grants' log (OWN-11, OWN-14)."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.core.access import Role
from optiverse_collab_server.access.grants import StoredGrant
from optiverse_collab_server.cluster import grant_table
from optiverse_collab_server.cluster.grant_table import (
    Change,
    GrantTable,
    decode,
    divided,
    encode,
    new_change,
)
from tests.server.cluster.shared_grants import grant


def table_of(*changes: Change) -> GrantTable:
    """The table after some messages."""
    table = GrantTable()
    for number, change in enumerate(changes, 1):
        table.apply(number, decode(encode(change)))
    return table


def some(*ids: str) -> list[StoredGrant]:
    return [grant(id, 1) for id in ids]


def test_a_part_of_a_copy_is_about_its_ids_alone() -> None:
    """OWN-14: what is between them and not in it is gone; what is beyond stays."""
    part = Change("w", some("b", "d"), ids=("b", "e"))
    table = table_of(new_change(some("a", "b", "c", "d", "e"), key=b"key"), part)
    assert sorted(table.all) == ["a", "b", "d", "e"]
    last = Change("w", some("d"), ids=("c", ""))
    assert sorted(table_of(new_change(some("a", "d", "e")), last).all) == ["a", "d"]


def test_a_short_table_is_one_message_which_old_servers_read() -> None:
    """OWN-14"""
    table = table_of(new_change(some("b", "a"), key=b"key"), new_change(some("c"), ["a"]))
    part = table.part("")
    assert part == Change(part.write, some("b", "c"), all=True, key=b"key")
    newcomer = table_of(new_change(some("x")), part)
    assert (newcomer.all, newcomer.key, newcomer.last) == (table.all, b"key", 2)


def test_the_parts_of_a_long_table_are_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-14: each fits into a message."""
    monkeypatch.setattr(grant_table, "PART_BYTES", 400)
    table = table_of(new_change(some(*(f"{number:02}" for number in range(23))), key=b"key"))
    parts = [table.part("")]
    while parts[-1].ids is not None and parts[-1].ids[1]:
        parts.append(table.part(parts[-1].ids[1]))
    assert len(parts) > 3
    assert all(len(encode(part)) < 600 for part in parts)
    assert table_of(*parts).all == table.all
    assert [part.key for part in parts] == [b"key", *[b""] * (len(parts) - 1)]


def test_grants_are_divided_by_their_length() -> None:
    """Also if one alone is too long."""
    long = [one._replace(label="ä" * 300_000) for one in some("a", "b")]
    assert list(divided([*long, *some("c", "d")])) == [[long[0]], [long[1]], some("c", "d")]
    assert list(divided([])) == [[]]


def test_a_log_is_long_after_many_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-14: and after more of them if there are many grants; the first part of a copy begins the count."""
    monkeypatch.setattr(grant_table, "LONG", 3)
    change = new_change(some("a"))
    assert not table_of(change, change).is_long
    assert table_of(change, change, change).is_long
    assert not table_of(change, change, change, Change("w", ids=("", "b"))).is_long
    assert table_of(change, change, Change("w", ids=("b", ""))).is_long
    assert not table_of(new_change(some(*map(str, range(50)))), change, change, change).is_long


def test_a_later_state_of_a_grant_counts() -> None:
    revoked = grant("a", 1)._replace(role=Role.NONE)
    assert table_of(new_change(some("a")), new_change([revoked])).all == {"a": revoked}
    assert msgspec.json.decode(encode(new_change()), type=dict).keys() == {"write"}
