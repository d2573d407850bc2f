"""The numbers of origins and authors: STAMP-1 and STAMP-2 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.server.names import Name, NameKind, Names, erased

ORIGIN, AUTHOR = NameKind.ORIGIN, NameKind.AUTHOR


def test_each_text_has_one_number_in_its_kind() -> None:
    names = Names()
    assert [names.number(AUTHOR, text) for text in ("ann", "bob", "ann")] == [1, 2, 1]
    assert names.number(ORIGIN, "bob") == 1
    assert [names.text(AUTHOR, number) for number in (1, 2)] == ["ann", "bob"]
    assert names.text(ORIGIN, 1) == "bob"


def test_storage_gets_each_new_name_once_in_order() -> None:
    names = Names([Name(AUTHOR, 1, "ann")])
    for text in ("ann", "bob", "cid", "bob"):
        names.number(AUTHOR, text)
    assert names.take_new() == [Name(AUTHOR, 2, "bob"), Name(AUTHOR, 3, "cid")]
    assert names.take_new() == []


def test_names_that_were_kept_have_their_numbers_again() -> None:
    """DUR-4."""
    names = Names()
    for kind, text in ((AUTHOR, "ann"), (ORIGIN, "x"), (AUTHOR, "bob"), (ORIGIN, "y")):
        names.number(kind, text)
    again = Names(names.take_new())
    assert [again.known(AUTHOR, text) for text in ("ann", "bob")] == [1, 2]
    assert [again.known(ORIGIN, text) for text in ("x", "y")] == [1, 2]
    assert again.take_new() == []


@pytest.mark.parametrize("kind", NameKind)
def test_zero_is_unknown_and_a_new_text_has_no_number(kind: NameKind) -> None:
    """STAMP-3: values from a database of format 1 have no author."""
    names = Names()
    assert (names.number(kind, ""), names.known(kind, ""), names.text(kind, 0)) == (0, 0, "")
    assert names.known(kind, "ann") == -1
    assert names.take_new() == []


def test_erased_names_keep_the_numbers_of_others() -> None:
    """STAMP-1: erased texts may be equal; the last one has the number."""
    names = Names([Name(AUTHOR, 1, "erased"), Name(AUTHOR, 2, "erased"), Name(AUTHOR, 3, "cid")])
    assert names.known(AUTHOR, "erased") == 2
    assert [names.text(AUTHOR, number) for number in (1, 2, 3)] == ["erased", "erased", "cid"]
    assert names.number(AUTHOR, "dan") == 4


def test_names_that_nothing_refers_to_are_forgotten() -> None:
    """STAMP-4: their numbers are not reused; an earlier request still has its texts."""
    names = Names()
    for text in ("ann", "bob", "cid", "dan"):
        names.number(AUTHOR, text)
    names.number(ORIGIN, "x")
    before = names.texts(AUTHOR)
    names.watch()
    names.keep(AUTHOR, {0, 2})
    assert [names.known(AUTHOR, text) for text in ("ann", "bob", "cid", "dan")] == [-1, 2, -1, -1]
    assert (names.known(ORIGIN, "x"), names.known(AUTHOR, "")) == (1, 0)
    assert [names.text(AUTHOR, number) for number in (0, 2)] == ["", "bob"]
    assert dict(before) == {0: "", 1: "ann", 2: "bob", 3: "cid", 4: "dan"}
    assert (names.count, names.characters) == (4, len("bob" + "x"))
    assert names.number(AUTHOR, "ann") == 5
    again = Names([Name(AUTHOR, 2, "bob"), erased(Name(AUTHOR, 5, "ann"))])
    assert [again.number(AUTHOR, text) for text in ("bob", "ann", "")] == [2, 6, 0]
    again.watch()
    again.keep(AUTHOR, {5, 6})
    assert [again.known(AUTHOR, text) for text in ("bob", "ann", "")] == [-1, 6, 0]


def test_name_that_came_into_use_meanwhile_is_kept() -> None:
    """STAMP-4: whether it had a number before or not."""
    names = Names([Name(AUTHOR, number, text) for number, text in enumerate(("ann", "bob"), 1)])
    names.watch()
    names.number(AUTHOR, "bob")
    names.number(AUTHOR, "cid")
    names.keep(AUTHOR, ())
    assert [names.known(AUTHOR, text) for text in ("ann", "bob", "cid")] == [-1, 2, 3]


def test_a_name_may_bring_its_number() -> None:
    """As in the original: storage gets it, and the next name continues there."""
    names = Names()
    names.number(NameKind.AUTHOR, "ann")
    names.add_new(Name(NameKind.AUTHOR, 2, "bob"))
    assert names.last(NameKind.AUTHOR) == 2
    assert names.last(NameKind.ORIGIN) == 0
    assert names.take_new() == [Name(NameKind.AUTHOR, 1, "ann"), Name(NameKind.AUTHOR, 2, "bob")]
    names.keep(NameKind.AUTHOR, [])
    assert names.known(NameKind.AUTHOR, "bob") == 2
    assert names.number(NameKind.AUTHOR, "carl") == 3
