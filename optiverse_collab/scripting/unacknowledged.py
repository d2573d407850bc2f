"""Waits for edits that the server does not have yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from optiverse_collab.core.access import all_that_is_allowed
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.drivers.aio.driver import AioDriver
from optiverse_collab.errors import CollaborationError, ConnectionFailed
from optiverse_collab.scripting.conflicts import Conflict, conflict_of
from optiverse_collab.wording import log_lines

FLUSH_SECONDS = 30.0
"""How long nothing may be acknowledged before a wait is given up; a server restarts within that."""

CONFLICTS = 10_000
"""A script that never asks for its conflicts keeps the newest of them; all are in the log."""

Progress = Callable[[int, int], None]
"""Called with how many of how many records are done."""


class Unacknowledged:
    """The pending changes of a replica, and the outcomes of earlier ones.

    Attributes:
        refusals: the server's sentences about changes refused since the last `drain`.
        conflicts: those since the last `take_conflicts`.
    """

    def __init__(self, replica: Replica, driver: AioDriver) -> None:
        self.refusals: list[str] = []
        self.conflicts: deque[Conflict] = deque(maxlen=CONFLICTS)
        self._replica = replica
        self._driver = driver

    def hear(self, effect: fx.SessionEffect) -> None:
        """Note the outcome of a change, if this is one."""
        if isinstance(effect, fx.Lost) and effect.kind is fx.LossKind.REFUSED:
            self.refusals.append(effect.message)
        elif isinstance(effect, fx.Conflict):
            self.conflicts.append(conflict_of(effect))

    async def drain(self, timeout_s: float, progress: Progress | None = None) -> None:
        """Wait until nothing is pending.

        Args:
            timeout_s: how long nothing may be acknowledged before this gives up.
            progress: called whenever something was acknowledged.

        Raises:
            ConnectionFailed: gave up, or the session ended for good; says what the server lacks.
            CollaborationError: the server refused a change since the last call, or the script may not edit
                the session any more.
        """
        total = self._operations()
        while pending := self._replica.pending:
            rights = self._replica.rights
            if rights.withheld:
                may = all_that_is_allowed(rights.role)
                raise CollaborationError(f"You may only {may} now; {self._missing()}.")
            acknowledged = partial(self._is_acknowledged, pending[0].client_clock)
            try:
                if not await self._driver.until(acknowledged, timeout_s):
                    raise ConnectionFailed(f"The server acknowledged nothing for {timeout_s:g} s.")
            except ConnectionFailed as error:
                raise ConnectionFailed(f"{str(error).rstrip('.')}; {self._missing()}.") from None
            if progress is not None:
                progress(max(0, total - self._operations()), total)
        refusals, self.refusals = self.refusals, []
        if refusals:
            raise CollaborationError(f"The server refused {log_lines.changes(len(refusals))}: {refusals[0]}")

    def take_conflicts(self) -> list[Conflict]:
        """The conflicts since the last call. Held edits are dismissed: the script knows about them now."""
        conflicts = list(self.conflicts)
        self.conflicts.clear()
        for id in list(self._replica.held):
            self._replica.dismiss_held(id)
        return conflicts

    def _operations(self) -> int:
        return sum(len(change.ops) for change in self._replica.pending)

    def _is_acknowledged(self, client_clock: int) -> bool:
        """Whether the server has answered a change, or will not be sent it."""
        pending = self._replica.pending
        return not pending or pending[0].client_clock > client_clock or bool(self._replica.rights.withheld)

    def _missing(self) -> str:
        count = len(self._replica.pending)
        return f"{log_lines.changes(count)} of yours {'is' if count == 1 else 'are'} not on the server"
