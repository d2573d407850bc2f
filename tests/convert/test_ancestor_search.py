"""When a copy left its session, found in the session's history."""

from __future__ import annotations

from optiverse_collab.convert.ancestor_search import AncestorSearch, Certainty, Departure
from optiverse_collab.convert.resemblance import THERE
from optiverse_collab.core.protocol.changes import MERGE
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Put, Record, Remove, Set, put
from tests.helpers.stray_copies import Bench, entry, is_right, random_case


def searched(copy: Bench, entries: list[PastEntry], start: Bench | None = None, after: int = 0) -> Departure:
    search = AncestorSearch(copy, start or {}, after)
    search.add(entries[:1])
    search.add(entries[1:])
    found = search.find()
    assert found is not None
    return found


def bench(**places: float | None) -> Bench:
    return {id: Record(id, "component", {"pos": [x, 0.0]}) for id, x in places.items() if x is not None}


def move(clock: int, **places: float) -> PastEntry:
    return entry(clock, *(Set(id, {"pos": [x, 0.0]}) for id, x in places.items()))


START = entry(1, *map(put, bench(lens=0, mirror=0, wall=0, stage=0).values()))
AT_START = bench(lens=0, mirror=0, wall=0, stage=0)


def test_it_left_at_the_moment_with_most_in_common() -> None:
    """The example in the module's docstring."""
    entries = [START, move(2, mirror=5), move(3, lens=7), move(4, mirror=6)]
    found = searched(bench(lens=9, mirror=5, wall=0, stage=0), entries)
    assert (found.clock, found.when_ms, found.until_ms, found.certainty) == (2, 2000, 3000, Certainty.SURE)
    assert found.base == bench(lens=0, mirror=5, wall=0, stage=0)
    assert not found.is_oldest


def test_what_changed_while_the_same_was_in_common_is_doubtful() -> None:
    """The copy may have left before the lens was moved there and back, or between."""
    entries = [START, move(2, mirror=5), move(3, lens=7), move(4, lens=0)]
    found = searched(bench(lens=9, mirror=5, wall=0, stage=0), entries)
    assert (found.clock, found.until_ms) == (2, 4000)
    assert ("lens", "pos") in found.doubtful


def test_what_is_as_before_in_the_copy_is_doubtful() -> None:
    """Its editor put it back, or the copy never saw the change: it came back twice, for example."""
    entries = [START, move(2, lens=7), move(3, mirror=5), move(4, wall=5), move(5, stage=5)]
    found = searched(bench(lens=0, mirror=5, wall=5, stage=5), entries)
    assert (found.clock, found.certainty) == (5, Certainty.SURE)
    assert found.doubtful == {("lens", "pos")}


def test_another_moment_that_explains_some_makes_it_likely() -> None:
    entries = [START, move(2, mirror=5), move(3, lens=7), move(4, stage=5)]
    found = searched(bench(lens=0, mirror=5, wall=0, stage=5), entries)
    assert (found.clock, found.certainty) == (2, Certainty.UNSURE)
    found = searched(bench(lens=0, mirror=5, wall=4, stage=5), [*entries, move(5, wall=4)])
    assert (found.clock, found.certainty) == (5, Certainty.LIKELY)
    assert ("lens", "pos") in found.doubtful


def test_an_item_that_was_just_added_may_not_have_been_there() -> None:
    copy = bench(lens=7, mirror=5, wall=0, stage=3)
    some = [put(Record(f"new {n}", "component", {})) for n in range(2)]
    entries = [START, move(2, mirror=5), entry(3, some[0]), move(4, lens=7, stage=3), move(5, mirror=6)]
    found = searched(copy, entries)
    assert (found.clock, found.certainty, found.doubtful) == (4, Certainty.SURE, frozenset())
    found = searched(copy, [*entries[:2], entry(3, *some), *entries[3:]])
    assert (found.clock, found.certainty) == (4, Certainty.LIKELY)
    assert {("new 0", THERE), ("new 1", THERE)} <= found.doubtful


def test_a_copy_without_most_of_the_bench_is_unsure() -> None:
    found = searched(bench(lens=0), [START, move(2, lens=1)])
    assert (found.clock, found.certainty) == (1, Certainty.UNSURE)


def test_a_stranger_left_at_no_time() -> None:
    for entries in ([], [START], [START, entry(2, *map(Remove, AT_START))]):
        search = AncestorSearch(bench(other=0, third=0), {}, 0)
        search.add(entries)
        assert search.find() is None


def test_history_that_is_not_kept_hides_the_moment() -> None:
    found = searched(
        bench(lens=0, mirror=0, wall=3, stage=0), [move(8, lens=1), move(9, lens=2)], AT_START, 7
    )
    assert (found.clock, found.when_ms, found.until_ms, found.is_oldest) == (7, None, 8000, True)
    found = searched(
        bench(lens=1, mirror=0, wall=3, stage=0), [move(8, lens=1), move(9, lens=2)], AT_START, 7
    )
    assert (found.clock, found.when_ms, found.is_oldest) == (8, 8000, False)


def test_what_came_from_the_copy_says_nothing() -> None:
    """HIST-12: it was merged, was edited again at home, and comes back."""
    merge = entry(4, *(Set(id, {"pos": [9, 0.0]}) for id in ("lens", "wall")), step=f"{MERGE}1")
    entries = [START, move(2, mirror=5), move(3, mirror=6), merge, move(5, mirror=7)]
    copy = bench(lens=9, mirror=5, wall=9, stage=8)
    found = searched(copy, entries)
    assert (found.clock, found.certainty) == (2, Certainty.SURE)
    found = searched(copy, [*entries, move(6, stage=8, lens=9)])
    assert found.clock == 6


def test_the_author_of_each_value_is_known() -> None:
    moves = entry(2, Set("lens", {"pos": [1.0, 0.0]}), author="Ben")
    entries = [START, moves, entry(3, Remove("wall"), author="Eva")]
    found = searched(bench(lens=0, mirror=0, wall=0, stage=0), entries)
    assert (found.authors["lens", "pos"], found.authors["wall", THERE]) == ("Ben", "Eva")


def test_a_moment_may_be_given() -> None:
    search = AncestorSearch(bench(lens=0), {}, 0)
    search.add([START, move(2, lens=1)])
    found = search.at(1)
    assert found is not None
    assert (found.clock, found.when_ms, found.certainty, found.base) == (1, 1000, Certainty.GIVEN, AT_START)
    assert not found.doubtful
    assert [search.at(clock) for clock in (-1, 0, 3)] == [None] * 3


def test_an_item_put_back_in_one_change_is_the_same() -> None:
    again = entry(2, Remove("lens"), Put("lens", "component", AT_START["lens"].props))
    found = searched(bench(lens=9, mirror=0, wall=0, stage=5), [START, again, move(3, stage=5)])
    assert (found.clock, found.doubtful) == (3, frozenset())


def test_of_a_hundred_copies_of_real_benches_99_are_found() -> None:
    cases = [random_case(seed) for seed in range(100)]
    found = [searched(case.copy, case.entries) for case in cases]
    right = [is_right(case, one.clock) for case, one in zip(cases, found, strict=True)]
    assert sum(right) >= 99
    assert all(ok or one.certainty is not Certainty.SURE for ok, one in zip(right, found, strict=True))
