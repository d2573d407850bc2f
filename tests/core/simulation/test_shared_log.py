"""Servers that share a log, in histories by chance, and with mistakes that must be noticed (OWN rules)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from optiverse_collab.core.server.ownership import End, Next, Owner
from tests.core.simulation.shared_log import Broken, Node, World
from tests.core.simulation.shared_log_requests import Append, Drop, Log, Record, Work

SEEDS = 1_500


def play_all() -> Counter[str]:
    """Play the history of each seed; returns how often what happened."""
    counts: Counter[str] = Counter()
    for seed in range(SEEDS):
        world = World(seed)
        world.run()
        counts += world.counts
    return counts


def test_nothing_is_lost_doubled_or_acknowledged_too_early() -> None:
    """OWN-1 to OWN-4, OWN-13"""
    counts = play_all()
    for what in (
        "appended",
        "change",
        "close",
        "crash",
        "drop",
        "give up waiting",
        "lost answer",
        "refused",
        "take",
    ):
        assert counts[what] > SEEDS / 4, counts


def appends_anyway(log: Log, wanted: Append, gap: int) -> int | None:
    log.records.append(Record(log.end().sequence + gap, *wanted[1:]))
    return log.end().sequence


def takes_no_answer_for_yes(owner: Owner, sequence: int | None) -> Next:
    owner.last = sequence or owner.last
    return Next.DONE


def never_reads(owner: Owner, sequence: int | None) -> Next:
    owner.last = sequence or owner.last
    return Next.APPEND if sequence is None else Next.DONE


def takes_any_write_for_this_one(owner: Owner, end: End | None) -> Next:
    what = _read(owner, end)
    if end is not None and end.node == owner._node and what is Next.DEPOSED:
        owner.last, owner.is_deposed = end.sequence, False
        return Next.DONE
    return what


def is_never_deposed(owner: Owner, end: End | None) -> Next:
    what = _read(owner, end)
    if what is Next.DEPOSED and end is not None:
        owner.last, owner.is_deposed = end.sequence, False
        return Next.APPEND
    return what


def takes_an_old_answer_for_done(owner: Owner, end: End | None) -> Next:
    what = _read(owner, end)
    return Next.DONE if what is Next.APPEND else what


def acknowledges_when_deposed(owner: Owner, end: End | None) -> Next:
    what = _read(owner, end)
    return Next.DONE if what is Next.DEPOSED else what


def reads_before_it_takes(node: Node) -> Work:
    known = node._world.read_until(2**62)
    taken = yield from _take(node)
    node.known = known
    return taken


def drops_before_the_log_says_so(node: Node) -> Work:
    assert node._owner is not None
    yield Drop(node._owner.last + 1)
    return (yield from _drop(node))


def drops_even_if_deposed(node: Node) -> Work:
    assert node._owner is not None
    is_done = yield from node._write((), tuple(node.known or ()))
    yield Drop(node._owner.last + (not is_done))
    return is_done


_read, _take, _drop = Owner.read, Node.take, Node.drop

MUTANTS: list[tuple[type, str, Callable[..., object]]] = [
    (Log, "append", appends_anyway),
    (Owner, "answered", takes_no_answer_for_yes),
    (Owner, "answered", never_reads),
    (Owner, "read", takes_any_write_for_this_one),
    (Owner, "read", is_never_deposed),
    (Owner, "read", takes_an_old_answer_for_done),
    (Owner, "read", acknowledges_when_deposed),
    (Node, "take", reads_before_it_takes),
    (Node, "drop", drops_before_the_log_says_so),
    (Node, "drop", drops_even_if_deposed),
]


@pytest.mark.parametrize(("where", "name", "by"), MUTANTS, ids=lambda one: getattr(one, "__name__", one))
def test_mistake_is_noticed(
    where: type, name: str, by: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, by)
    with pytest.raises(Broken, match="OWN-"):
        play_all()
