"""Garbage is collected when there is time."""

from __future__ import annotations

import gc
import weakref

import pytest

from optiverse_collab_server import garbage
from optiverse_collab_server.garbage import Garbage
from tests.helpers.aio import run, until


class Cycle:
    """A reference cycle of one object."""

    def __init__(self) -> None:
        self.me = self


def test_cycles_are_collected_while_python_itself_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "YOUNG_EVERY_S", 0.01)

    async def main() -> None:
        async with Garbage(lambda: 0).tended():
            assert not gc.isenabled()
            cycle = weakref.ref(Cycle())
            await until(lambda: cycle() is None)

    run(main())
    assert gc.isenabled()


@pytest.mark.parametrize("enough", [{"ALL_EVERY": 3}, {"ALL_AFTER": 7}])
def test_everything_is_looked_at_now_and_then(
    enough: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only if connections have ended: nothing else leaves garbage."""
    for name, value in enough.items():
        monkeypatch.setattr(garbage, name, value)
    there = 7
    looks = Garbage(lambda: there)
    old = Cycle()
    gc.collect()
    gone = weakref.ref(old)
    del old
    for _ in range(7):
        looks.opened()
    assert not any(looks.look() for _ in range(10))
    assert gone() is not None
    there = 0
    assert [looks.look(), looks.look()] == [True, False]
    assert gone() is None


def test_many_who_come_at_once_are_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """One scan of thousands of them would take long."""
    monkeypatch.setattr(garbage, "YOUNG_AFTER", 3)
    looks = Garbage(lambda: 0)
    cycle = weakref.ref(Cycle())
    found = []
    for _ in range(3):
        looks.opened()
        found.append(cycle() is None)
    assert found == [False, False, True]
