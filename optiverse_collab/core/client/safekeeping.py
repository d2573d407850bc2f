"""How safe edits are, as the server says: on its disk (DUR-6), and on its standby's (STAND-8, STAND-9)."""

from __future__ import annotations

from optiverse_collab.core.client.effects import SavingChanged, StandbyFound, StandbyMissed
from optiverse_collab.core.protocol.messages import WAIT_STORAGE, Pong, Wait


class Safekeeping:
    """The state of the present connection's server.

    Attributes:
        is_late: the server is not saving at the moment.
        is_alone: it has a standby, which does not answer: edits are saved on this server only.
        standby: the address of its standby, when it was last heard.
    """

    def __init__(self) -> None:
        self.is_late = self.is_alone = False
        self.standby = self._told = ""

    @property
    def has_standby(self) -> bool:
        """Whether a standby has everything at the moment."""
        return self._told != ""

    def disconnected(self) -> None:
        """Nothing is known any more, except for whom to turn to."""
        self.is_late = self.is_alone = False
        self._told = ""

    def waits(self, message: Wait) -> list[SavingChanged]:
        """The server says that it is not saving, or what only newer versions know."""
        return self._note_late(True) if message.reason == WAIT_STORAGE else []

    def saved(self) -> list[SavingChanged]:
        """The server sent something that it has saved."""
        return self._note_late(False)

    def answered(self, pong: Pong) -> list[StandbyMissed | StandbyFound]:
        """The server answered the heartbeat."""
        news: list[StandbyMissed | StandbyFound] = []
        if pong.alone is not self.is_alone:
            self.is_alone = pong.alone
            news.append(StandbyMissed(self.is_alone))
        self.standby = pong.also
        if pong.also != self._told:
            self._told = pong.also
            news.append(StandbyFound(pong.also))
        return news

    def _note_late(self, is_late: bool) -> list[SavingChanged]:
        if is_late is self.is_late:
            return []
        self.is_late = is_late
        return [SavingChanged(is_late)]
