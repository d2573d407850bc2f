"""The names that a session refers to: STAMP-4 of docs/protocol.md."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.names import Name, NameKind, erased
from optiverse_collab.core.server.references import Header, References
from tests.core.server.histories import begin_chunk, do, make

ORIGIN, AUTHOR = NameKind.ORIGIN, NameKind.AUTHOR


def known(history: History) -> tuple[str, str]:
    """The initials of the known origins, and of the known authors."""
    people = ("ann", "bob", "cid", "dan", "eva", "fay", "gus")
    origins = [one[0] for one in people if history.names.known(ORIGIN, origin_of(one)) >= 0]
    authors = [one[0] for one in people if history.names.known(AUTHOR, one) >= 0]
    return "".join(origins), "".join(authors)


def test_whoever_gave_a_value_or_removed_a_record_is_known() -> None:
    """STAMP-4: so is the last author of a record; all others are forgotten."""
    history = make(clients=1)
    do(history, Put("a", "k", {"x": 1, "y": 1}), by="ann")
    do(history, Put("b", "k", {"x": 1}), by="bob")
    do(history, Set("a", {"x": 2}), by="cid")
    do(history, Remove("b"), by="dan")
    do(history, Set("a", {"y": 2}), by="eva")
    do(history, Set("a", {"y": 3}), by="fay")
    do(history, Set("a", {"y": 3}), by="gus")
    begin_chunk(history)
    assert known(history) == ("acdfg", "acdf")
    assert do(history, Set("a", {"y": 4}), by="eva").entry.author == 8


def test_whoever_is_told_of_is_known() -> None:
    """STAMP-4, SYNC-9, SYNC-14: on both sides of a replaced value, and of a replaced bench."""
    history = make(clients=1)
    do(history, Put("a", "k", {"x": 0}), by="ann")
    do(history, Set("a", {"x": 1}), by="bob")
    do(history, Set("a", {"x": 2}), by="cid", seen=1)
    do(history, Set("a", {"x": 3}), by="dan", step="sweep:1")
    do(history, Set("a", {"x": 4}), by="eva")
    begin_chunk(history)
    assert known(history) == ("abce", "abcde")


def test_snapshot_refers_to_all_of_whom_it_has_something() -> None:
    """STAMP-4: in steps, or at once."""
    history = make(clients=1)
    do(history, Put("a", "k", {"x": 0}), by="ann")
    do(history, Set("a", {"x": 1}), by="bob", step="sweep:1")
    do(history, Set("a", {"x": 2}), by="cid", seen=1)
    builder, at_once = history.begin_chunk(), References()
    at_once.add_snapshot(builder.finished())
    assert (at_once.origins, at_once.authors) == (builder.used.origins, builder.used.authors)
    assert at_once.authors == {1, 2, 3}


def test_an_entry_refers_to_both_sides() -> None:
    """STAMP-4: so it still names people after a restart."""
    history = make()
    do(history, Put("a", "k", {"x": 0}), by="ann")
    do(history, Set("a", {"x": 1}), by="bob")
    do(history, Remove("a"), by="cid")
    kept = do(history, Set("a", {"x": 2}), by="dan", seen=1).kept
    used = References()
    used.add_entry(msgspec.json.decode(kept.data, type=Header))
    assert (used.origins, used.authors) == ({3, 4}, {3, 4})


def test_the_last_of_each_kind_is_kept_whoever_it_is() -> None:
    """STAMP-4: it determines the next number."""
    used = References()
    used.add_change(1, 2)
    names = [Name(kind, number, f"{kind.value} {number}") for kind in NameKind for number in (1, 2, 3)]
    assert used.pick(names) == [names[0], erased(names[2]), names[4], erased(names[5])]
    assert References().pick([]) == []
    assert used.missing([names[0], names[4]]) == ""
    assert used.missing(names[1:]) == "origin 1"
    assert used.missing(names[:4]) == "author 2"
    more = References()
    more.add_change(3, 0)
    used.update(more)
    assert used.pick(names) == [names[0], names[2], names[4], erased(names[5])]
