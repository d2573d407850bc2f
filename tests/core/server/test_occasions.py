"""When the server keeps a version on its own: HIST-13 of docs/protocol.md."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from optiverse_collab.core.records import Lane, Op, Put, Remove, Set
from optiverse_collab.core.server import occasions
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted
from optiverse_collab.core.server.occasions import DAY_MS, MANY
from optiverse_collab.core.versions import DAY, REMOVAL, SWEEP
from tests.core.server.histories import do, make

NOW_MS = 20_000 * DAY_MS + 7_000


def with_items(count: int) -> History:
    """A history of one change, which puts items ``0``, ``1``, …; each is a change of its own later."""
    history = make()
    change(history, *(Put(str(number), "k", {"x": 0}) for number in range(count)))
    return history


def change(
    history: History, *ops: Op, by: str = "ann", after_s: float = 0, step: str = ""
) -> tuple[int, str] | None:
    """Make a change; returns the clock and the reason of the version that the server keeps."""
    do(history, *ops, by=by, now_ms=int(NOW_MS + after_s * 1000), step=step)
    made = history.keep_version()
    return None if made is None else moment(made, history)


def moment(made: Accepted, history: History) -> tuple[int, str]:
    """The clock and the reason of a version that was just made."""
    assert (made.lane, made.entry.origin, made.entry.author) == (Lane.META, 0, 0)
    assert history.clock == made.entry.clock
    newest = max(history.versions.all.values(), key=lambda one: history.stamps[one.id].newest.clock)
    assert newest.name == ""
    return newest.clock, newest.why


def removals(ids: Iterable[int]) -> list[Op]:
    """Removals of these items."""
    return [Remove(str(id)) for id in ids]


@pytest.mark.parametrize("step", ["sweep:1", "restore:1"])
def test_a_step_that_replaces_the_bench_is_one(step: str) -> None:
    """HIST-13: its first change, even if nothing of that takes effect; each step once."""
    history = with_items(30)
    assert change(history, Set("gone", {"x": 1}), by="bob", step=step) == (1, SWEEP)
    [version] = history.versions.all.values()
    assert (version.by, version.time_ms) == ("bob", NOW_MS)
    assert change(history, *removals(range(30)), by="bob", step=step) is None
    assert change(history, Put("new", "k"), step=step) is None  # the bench was empty
    assert change(history, Put("new", "k"), by="eve", step=step) == (5, SWEEP)


def test_many_removals_by_one_person_are_one() -> None:
    """HIST-13: at least 20, and more than a tenth; the version shows the bench before the first of them."""
    history = with_items(190)
    assert change(history, *removals(range(10))) is None
    assert change(history, *removals(range(50, 59)), by="bob") is None
    assert change(history, *removals(range(10, 19)), after_s=4) is None
    assert change(history, Remove("19"), after_s=10) == (1, REMOVAL)
    assert change(history, *removals(range(100, 190)), after_s=11) is None


def test_few_removals_are_none() -> None:
    """HIST-13: a tenth of a large bench, all of a small one, and what is put again at once."""
    assert change(with_items(200), *removals(range(20))) is None
    assert change(with_items(201), *removals(range(21))) == (1, REMOVAL)
    assert change(with_items(MANY - 1), *removals(range(MANY - 1))) is None
    put_again = [op for number in range(MANY) for op in (Remove(str(number)), Put(str(number), "k"))]
    assert change(with_items(MANY), *put_again) is None
    history = make()
    notes = [Put(str(number), "note", {}, Lane.TALK) for number in range(MANY)]
    change(history, *notes)
    assert change(history, *removals(range(MANY))) is None


def test_removals_long_apart_do_not_count_together() -> None:
    """HIST-13: those of the last ten seconds do; after a pause, others are a reason again."""
    history = with_items(60)
    assert change(history, *removals(range(10))) is None
    assert change(history, *removals(range(10, 20)), after_s=11) is None
    assert change(history, *removals(range(20, 30)), after_s=21) == (2, REMOVAL)
    assert change(history, *removals(range(30, 50)), after_s=31.9) is None
    assert change(history, *removals(range(50, 60)), after_s=60) is None
    change(history, *(Put(str(number), "k") for number in range(30)), after_s=60)
    assert change(history, *removals(range(10)), after_s=61) == (6, REMOVAL)


def test_the_first_edit_of_a_day_is_one() -> None:
    """HIST-13: by the server's clock, in UTC; not if there was nothing before, and not for other lanes."""
    history = make()
    midnight_s = (DAY_MS - NOW_MS % DAY_MS) / 1000
    assert change(history, Put("lens", "k", {"x": 0})) is None
    assert change(history, Set("lens", {"x": 1}), after_s=midnight_s - 1) is None
    assert change(history, Put("note", "k", {}, Lane.TALK), after_s=midnight_s) is None
    assert change(history, Set("gone", {"x": 1}), after_s=midnight_s) is None
    assert change(history, Set("lens", {"x": 2}), after_s=midnight_s) == (2, DAY)
    assert change(history, Set("lens", {"x": 3}), after_s=midnight_s + 1) is None


def test_no_moment_is_kept_twice() -> None:
    """HIST-13: a version by hand is enough; a free id is chosen for another one."""
    history = with_items(3)
    change(history, Put("v", "version", {"name": "mine"}, Lane.META))
    assert change(history, Put("x", "k"), step="sweep:1") is None
    change(history, Put("version:4", "k"), Put("version:4:2", "k"))
    assert change(history, Remove("version:4"), step="sweep:2") == (4, SWEEP)
    assert set(history.versions.all) == {"v", "version:4:3"}


def test_a_server_that_starts_again_decides_as_before() -> None:
    """HIST-13, DUR-4: from a snapshot in the middle of a burst, and from entries."""
    history = with_items(60)
    change(history, *removals(range(10)))
    snapshot, names = history.snapshot(), history.names.take_new()
    assert snapshot.watched.bursts[0].removals[0].count == 10
    data = do(history, *removals(range(10, 15)), now_ms=NOW_MS).kept.data
    for again in (History(history.snapshot(), names), History(snapshot, names, [data])):
        assert change(again, *removals(range(15, 20)), after_s=1) == (1, REMOVAL)
        assert change(History(again.snapshot(), names), *removals(range(20, 60)), after_s=2) is None


def test_the_removals_of_few_people_are_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-13: the latest."""
    monkeypatch.setattr(occasions, "BURSTS", 2)
    history = with_items(60)
    for number, by in enumerate(("ann", "bob", "eve")):
        change(history, Remove(str(number)), by=by)
    assert len(history.snapshot().watched.bursts) == 2
    assert change(history, *removals(range(10, 29)), by="ann") is None
    assert change(history, *removals(range(30, 49)), by="eve") == (3, REMOVAL)
