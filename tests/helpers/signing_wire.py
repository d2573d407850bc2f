"""A wire to a server that signs heads, and whose files can be replaced by older ones (BACK)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.server.effects import BackupNoticed, RoomEffect
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.room import Room
from tests.helpers.wire import Backup, Wire

KEY = b"k" * 32
"""The server's key."""

HEARTBEAT_MS = 10_100


class SigningWire(Wire):
    """The wire to a room that signs heads.

    Attributes:
        noticed: what the room noticed, in order.
    """

    def __init__(self) -> None:
        self.noticed: list[BackupNoticed] = []
        super().__init__()

    def open_room(self) -> Room:
        """The room as storage knows it."""
        entries = [kept.data for kept in self._kept]
        return Room("default", History(self.start, self._names, entries), "test server", key=KEY)

    def perform(self, effects: Sequence[RoomEffect]) -> None:
        """Put the room's messages on the wire, and note what it noticed."""
        self.noticed += [effect for effect in effects if isinstance(effect, BackupNoticed)]
        super().perform(effects)

    def beat(self) -> None:
        """Let a heartbeat come and go."""
        self.now_ms += HEARTBEAT_MS
        self.settle()

    def copy_back(self, backup: Backup) -> None:
        """Replace the files by older ones, while nobody is connected; the epoch stays."""
        self.start, self._kept, self._names = backup.start, [*backup.kept], [*backup.names]
        self.room = self.open_room()
