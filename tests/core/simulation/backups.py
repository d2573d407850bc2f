"""A room that must notice that its data is a backup, exactly when somebody can prove it (BACK-3)."""

from __future__ import annotations

from msgspec import structs

from optiverse_collab.core.protocol.messages import ClientMessage, OtherHistory, SyncRequest
from optiverse_collab.core.server.effects import BackupNoticed, RoomEffect, Send
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.room import Room
from optiverse_collab.core.server.subscribers import Bounds
from tests.core.simulation.truth import Broken, Truth


class SigningRoom(Room):
    """The session's room, with a key.

    Args:
        history: as loaded.
        bounds: of receivers.
        truth: what is true of this history, and the heads that it lost.
    """

    def __init__(self, history: History, bounds: Bounds, truth: Truth) -> None:
        super().__init__("bench", history, "simulation", bounds, key=b"of the simulation")
        self._truth, self._opened, self._has_noticed = truth, history.clock, False

    def receive(self, connection_id: str, message: ClientMessage, now_ms: int) -> list[RoomEffect]:
        """Take a message, and check what is noticed; nobody carries parcels here (see `carriers`)."""
        if isinstance(message, SyncRequest):
            message = structs.replace(message, carries=False)
        effects = super().receive(connection_id, message, now_ms)
        found = [one.missing for one in effects if isinstance(one, BackupNoticed)]
        has_parted = any(isinstance(one, Send) and isinstance(one.message, OtherHistory) for one in effects)
        lost = self._lost(message) if has_parted and isinstance(message, SyncRequest) else 0
        if found != ([lost] if lost else []):
            raise Broken(f"BACK-3: {found} is noticed and should have been {lost}, with {message}")
        self._has_noticed = self._has_noticed or bool(found)
        return effects

    def _lost(self, request: SyncRequest) -> int:
        """How many changes are missing, as a request proves first; 0 if it proves nothing."""
        signed = request.signed
        if signed is None or request.epoch != self.history.epoch or self._has_noticed:
            return 0
        is_lost = bytes.fromhex(signed.head) in self._truth.lost
        return signed.clock - self._opened if is_lost and 0 < self._opened < signed.clock else 0
