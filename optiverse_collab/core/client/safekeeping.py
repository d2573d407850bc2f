"""What the server says about how safe edits are there: on its disk (DUR-6), and its standby's (STAND-8)."""

from __future__ import annotations

from optiverse_collab.core.client.effects import SavingChanged, StandbyMissed
from optiverse_collab.core.protocol.messages import WAIT_STORAGE, Pong, Wait


class Safekeeping:
    """The state of the present connection's server.

    Attributes:
        is_late: the server is not saving at the moment.
        is_alone: it has a standby, which does not answer: edits are saved on this server only.
    """

    def __init__(self) -> None:
        self.is_late = self.is_alone = False

    def disconnected(self) -> None:
        """Nothing is known any more."""
        self.is_late = self.is_alone = False

    def waits(self, message: Wait) -> list[SavingChanged]:
        """The server says that it is not saving, or what only newer versions know."""
        return self._note_late(True) if message.reason == WAIT_STORAGE else []

    def saved(self) -> list[SavingChanged]:
        """The server sent something that it has saved."""
        return self._note_late(False)

    def answered(self, pong: Pong) -> list[StandbyMissed]:
        """The server answered the heartbeat."""
        if pong.alone is self.is_alone:
            return []
        self.is_alone = pong.alone
        return [StandbyMissed(self.is_alone)]

    def _note_late(self, is_late: bool) -> list[SavingChanged]:
        if is_late is self.is_late:
            return []
        self.is_late = is_late
        return [SavingChanged(is_late)]
