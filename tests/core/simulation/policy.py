"""When to connect, to wait and to give up: a plain model of the CONN rules, compared with a connector.

It shares no code with `optiverse_collab.core.client`, except for the names of what happens.
"""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client.connection_effects import (
    AttemptFailed,
    CloseConnection,
    ConnectionLost,
    DropConnection,
    Ended,
    OpenConnection,
    ProbeTls,
    RetryAfter,
)
from optiverse_collab.core.client.connector import Effect
from optiverse_collab.core.client.effects import Synced
from optiverse_collab.core.client.failures import Failure, FailureKind
from tests.core.simulation.truth import Broken

FINAL_CODES = (4400, 4401, 4403, 4409, 4426)
FIRST_FINAL_CODES = (1000, 1003, 1007, 1008, 1009, 1010, 1015, 4400, 4401, 4403, 4404, 4409, 4426)
FINAL_KINDS = (
    "wants TLS",
    "no TLS",
    "untrusted",
    "no WebSocket",
    "wrong server",
    "epoch changed",
    "restored",
)
BUSY = (408, 425, 429, 500, 502, 503, 504, 511)

_TURNS = (
    AttemptFailed,
    CloseConnection,
    ConnectionLost,
    DropConnection,
    Ended,
    OpenConnection,
    ProbeTls,
    RetryAfter,
)


class Policy:
    """One participation, from joining to the end.

    Args:
        patient: the first attempt may be repeated.

    Attributes:
        stand: ``out``, ``opening``, ``probing``, ``in``, ``synced`` or ``waiting``.
        is_out: there was a failure, and no synchronisation after it (CONN-7).
    """

    def __init__(self, patient: bool) -> None:
        self.stand = "out"
        self.is_out = False
        self._patient, self._was_synced = patient, False
        self._waits = 0

    def heard(self, effects: Sequence[Effect]) -> None:
        """A message was processed, with these effects."""
        if self.stand == "opening":
            self.stand = "in"
        if any(isinstance(effect, Synced) for effect in effects):
            self.stand, self._was_synced, self.is_out = "synced", True, False
            self._waits = 0

    def check(self, effects: Sequence[Effect], expected: Sequence[Effect]) -> None:
        """Exactly these reports must come about the connection; the length of a wait is checked separately.

        Raises:
            Broken: it doesn't.
        """
        said = [effect for effect in effects if isinstance(effect, _TURNS)]
        last = said[-1] if said else None
        if isinstance(last, RetryAfter):
            said[-1] = RetryAfter(0.0)
        if said != [*expected]:
            raise Broken(f"CONN: {self.stand}, and {said} came of it, not {expected}")
        if isinstance(last, RetryAfter):
            self._check_wait(last.seconds)

    def fails(self, failure: Failure) -> list[Effect]:
        """The attempt or connection ends; returns the connector's required reports."""
        stand, self.stand = self.stand, "waiting"
        if stand == "opening" and failure.kind is FailureKind.BROKEN_OFF:
            self.stand = "probing"
            return [DropConnection(), ProbeTls(2.0)]
        was_in = stand in ("in", "synced")
        effects: list[Effect] = [DropConnection()]
        if was_in:
            effects.append(ConnectionLost(failure))
        is_final = _is_final(failure) if self._was_synced else _is_final_at_first(failure)
        if is_final or not (self._was_synced or self._patient):
            self.stand, self.is_out = "out", False
            return [*effects, Ended(failure, was_in)]
        self.is_out = True
        if not was_in:
            effects.append(AttemptFailed(failure))
        return [*effects, RetryAfter(0.0)]

    def leaves(self) -> list[Effect]:
        """The user leaves."""
        stand, self.stand = self.stand, "out"
        self.is_out = False
        return [CloseConnection(), Ended(None, stand in ("in", "synced"))] if stand != "out" else []

    def opens(self) -> list[Effect]:
        """An attempt begins."""
        self.stand = "opening"
        return [OpenConnection(10.0)]

    def _check_wait(self, seconds: float) -> None:
        """Waits double, up to a limit, and are shortened to half at most (CONN-3)."""
        longest = min(30.0, 0.5 * 2**self._waits)
        self._waits += 1
        if not longest / 2 <= seconds <= longest:
            raise Broken(f"CONN-3: wait {self._waits} is {seconds} s, and should be {longest} s or its half")


def _is_final(failure: Failure) -> bool:
    """Whether it ends a participation that has synchronised (CONN-4)."""
    if failure.kind is FailureKind.CLOSED:
        return failure.number in FINAL_CODES
    return failure.kind in (FailureKind.EPOCH_CHANGED, FailureKind.RESTORED)


def _is_final_at_first(failure: Failure) -> bool:
    """Whether another attempt would end the same way, if none has synchronised yet (CONN-4)."""
    if failure.kind is FailureKind.CLOSED:
        return failure.number in FIRST_FINAL_CODES
    if failure.kind is FailureKind.HTTP:
        return failure.number not in BUSY
    return failure.kind.value in FINAL_KINDS
