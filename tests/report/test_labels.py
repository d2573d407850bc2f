"""Labels have room of their own."""

from __future__ import annotations

from itertools import combinations

import pytest

from optiverse_collab.report.labels import Box, Room, width_of


def test_no_label_covers_another_one() -> None:
    symbols = [Box(100 + 6 * n, 100 + 3 * n, 104 + 6 * n, 104 + 3 * n) for n in range(30)]
    room = Room(400, 300, symbols)
    found = [place for symbol in symbols if (place := room.place("M3 is long", symbol))]
    assert 3 <= len(found) < 30
    assert not any(one.meets(other) for one, other in combinations(found, 2))
    assert not any(one.meets(symbol) for one in found for symbol in symbols)


@pytest.mark.parametrize(
    "symbol", [Box(0, 50, 4, 54), Box(96, 50, 100, 54), Box(50, 0, 54, 4), Box(50, 96, 54, 100)]
)
def test_labels_stay_inside(symbol: Box) -> None:
    place = Room(100, 100).place("name", symbol)
    assert place is not None
    assert min(place) >= 0
    assert max(place) <= 100


def test_some_labels_had_rather_cover_others_than_be_missing() -> None:
    everywhere, symbol = Box(0, 0, 100, 100), Box(48, 48, 52, 52)
    assert Room(100, 100, [], [everywhere]).place("M3", symbol) is None
    assert Room(100, 100, [], [everywhere]).place("M3", symbol, insists=True) is not None
    assert Room(100, 100, [everywhere], []).place("M3", symbol, insists=True) is None


def test_without_room_there_is_no_label() -> None:
    assert Room(100, 100).place("a name that is far too long", Box(50, 50, 54, 54)) is None
    assert width_of("光路") == width_of("abcd")
