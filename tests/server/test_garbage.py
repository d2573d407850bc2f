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
        async with Garbage().tended():
            assert not gc.isenabled()
            cycle = weakref.ref(Cycle())
            await until(lambda: cycle() is None)

    run(main())
    assert gc.isenabled()


@pytest.mark.parametrize("enough", [{"ALL_EVERY": 3}, {"ALL_AFTER": 7}])
def test_everything_is_looked_at_now_and_then(
    enough: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in enough.items():
        monkeypatch.setattr(garbage, name, value)
    looks = Garbage()
    old = Cycle()
    gc.collect()
    gone = weakref.ref(old)
    del old
    assert [looks.look(), looks.look()] == [False, False]
    assert gone() is not None
    looks.connections = 7
    assert [looks.look(), looks.look(), looks.look()].count(True) == 1
    assert gone() is None
