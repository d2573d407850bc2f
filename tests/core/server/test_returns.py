"""What a server remembers of changes that replicas brought back (BACK-13)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.records import Put, Set
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted
from optiverse_collab.core.server.returns import RETURNS

OLDER, NEWER = "return:00000008", "return:00000009.00000008"
MORE = NEWER + ":more"
LENS = Put("lens", "component", {"pos": 0})


class Server:
    """A history with a lens, and people who bring back what it lacks."""

    def __init__(self) -> None:
        self.history = History(History.empty("e"))
        self.data: list[bytes] = []
        self._numbers: dict[str, int] = {}
        self.accept("ann", "", LENS)

    def accept(self, who: str, step: str, *ops: Put | Set, seen: int = 1) -> Accepted:
        number = self._numbers[who] = self._numbers.get(who, 0) + 1
        change = PushedChange(number, [*ops], min(seen, self.history.clock), True, step)
        accepted = self.history.accept(who, (), who, 0, change, sent=self.history.clock)
        self.data.append(accepted.kept.data)
        return accepted

    @property
    def pos(self) -> object:
        return self.history.document.records["lens"].props["pos"]


def test_what_is_here_already_has_no_effect() -> None:
    """BACK-13: it is accepted, so its sender stops sending it."""
    server = Server()
    server.accept("ann", NEWER, Set("lens", {"pos": 1}))
    for step in (NEWER, OLDER, OLDER + ":more"):
        accepted = server.accept("bob", step, Set("lens", {"pos": 2}))
        assert not [*accepted.entry.held, *accepted.entry.lost, *accepted.entry.replaced]
        assert server.pos == 1


@pytest.mark.parametrize("step", [NEWER, "return:0000000a"])
def test_what_is_not_here_takes_effect(step: str) -> None:
    """BACK-13: later changes replace earlier ones of their history, and only those."""
    server = Server()
    server.accept("ann", OLDER, Set("lens", {"pos": 1}))
    accepted = server.accept("bob", step, Set("lens", {"pos": 2}))
    assert server.pos == (2 if step == NEWER else 1)
    assert bool(accepted.entry.held) is (step != NEWER)


def test_half_a_step_hides_nothing() -> None:
    """BACK-13: the rest of it may never come; the same value is no conflict, and another one is held."""
    server = Server()
    server.accept("ann", MORE, Set("lens", {"pos": 1}))
    assert not server.accept("bob", OLDER + ":more", Put("prism", "component", {})).entry.held
    assert server.accept("bob", OLDER, Set("lens", {"pos": 2})).entry.held
    assert "prism" in server.history.document.records


def test_an_own_edit_after_it_is_no_part_of_it() -> None:
    """BACK-13: it was made after the loss, and Bob has not seen it."""
    server = Server()
    server.accept("ann", OLDER, Set("lens", {"pos": 1}))
    server.accept("ann", "", Set("lens", {"pos": 5}), seen=2)
    assert server.accept("bob", NEWER, Set("lens", {"pos": 2})).entry.held
    assert server.pos == 5


def test_a_restarted_server_remembers() -> None:
    """BACK-13: from entries, and from a snapshot."""
    server = Server()
    server.accept("ann", MORE, Set("lens", {"pos": 1}))
    server.accept("ann", NEWER, Set("lens", {"name": "L"}))
    server.accept("bob", OLDER, Set("lens", {"pos": 3}))
    kept = [(one.heads, one.first, one.last, one.is_whole) for one in server.history.returns.kept]
    assert kept == [(("00000009", "00000008"), 2, 3, True), (("00000008",), 4, 4, True)]
    from_entries = History(History.empty("e"), server.history.names.take_new(), server.data)
    assert from_entries.returns.kept == server.history.returns.kept
    assert History(server.history.snapshot()).returns.kept == server.history.returns.kept


def test_few_are_remembered() -> None:
    """BACK-13"""
    server = Server()
    for number in range(RETURNS + 2):
        server.accept("ann", f"return:{number:08x}", Set("lens", {"pos": number}))
    assert [one.heads for one in server.history.returns.kept] == [
        (f"{number:08x}",) for number in range(2, RETURNS + 2)
    ]
