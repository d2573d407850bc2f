"""How safe edits are on the server, as far as it says: DUR-6, STAND-8 and STAND-9."""

from __future__ import annotations

from optiverse_collab.core.client.effects import SavingChanged, StandbyFound, StandbyMissed
from optiverse_collab.core.client.safekeeping import Safekeeping
from optiverse_collab.core.protocol.messages import WAIT_STORAGE, Pong, Wait


def test_each_change_is_reported_once() -> None:
    """DUR-6, STAND-8: the two are independent of each other."""
    state = Safekeeping()
    assert [*state.waits(Wait("holiday")), *state.saved(), *state.answered(Pong("t"))] == []
    assert state.waits(Wait(WAIT_STORAGE)) == [SavingChanged(True)]
    assert state.waits(Wait(WAIT_STORAGE)) == []
    assert state.answered(Pong("t", alone=True)) == [StandbyMissed(True)]
    assert state.answered(Pong("t", alone=True)) == []
    assert (state.is_late, state.is_alone) == (True, True)
    assert state.saved() == [SavingChanged(False)]
    assert state.is_alone
    assert state.answered(Pong("t")) == [StandbyMissed(False)]
    assert (state.is_late, state.is_alone) == (False, False)


def test_nothing_is_known_without_a_connection() -> None:
    """DUR-6, STAND-8: the next server may be the standby."""
    state = Safekeeping()
    state.waits(Wait(WAIT_STORAGE))
    state.answered(Pong("t", alone=True))
    state.disconnected()
    assert (state.is_late, state.is_alone) == (False, False)


def test_a_standby_is_reported_when_it_is_another() -> None:
    """STAND-9: and it stays known when the server is gone, unless that said before that it is gone, too."""
    state = Safekeeping()
    assert state.answered(Pong("t", also="ws://one")) == [StandbyFound("ws://one")]
    assert state.answered(Pong("t", also="ws://one")) == []
    assert state.has_standby
    assert state.answered(Pong("t")) == [StandbyFound("")]
    assert (state.has_standby, state.standby) == (False, "")
    state.answered(Pong("t", also="ws://one"))
    state.disconnected()
    assert (state.has_standby, state.standby) == (False, "ws://one")
    both = state.answered(Pong("t", alone=True, also="ws://two"))
    assert both == [StandbyMissed(True), StandbyFound("ws://two")]
