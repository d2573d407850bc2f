"""What participants learn about a server's standby (STAND-8, STAND-9): in each answer to a heartbeat."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from optiverse_collab.core.protocol.messages import Pong


@dataclass
class StandbyNews:
    """The state of the standby; one for all sessions of a server.

    Attributes:
        is_missed: changes should wait for it, and are saved without it since it does not answer.
        address: where participants find it, once it has everything; empty if that is unknown.
    """

    is_missed: bool = False
    address: str = ""

    def added_to(self, pong: Pong) -> Pong:
        """An answer that says so."""
        if not self.is_missed and not self.address:
            return pong
        return replace(pong, alone=self.is_missed, also=self.address)
