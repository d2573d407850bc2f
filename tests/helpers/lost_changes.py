"""A server that has lost changes, and two people who carry them (BACK)."""

from __future__ import annotations

from optiverse_collab.core.records import Set
from tests.helpers.carrying_wire import Carrier, CarryingWire
from tests.helpers.wire import Backup, Peer


class Lost:
    """Ann and Bob make 3 changes, then there is a backup; 6 more, in 3 parcels; and the server loses them.

    Attributes:
        wire: to the restored server.
        ann, bob: not connected; both have all parcels.
        script: not connected; it carries nothing.
        data: the entries before the loss.
    """

    def __init__(self, epoch: str = "epoch 2") -> None:
        self.wire = wire = CarryingWire()
        self.ann, self.bob, self.script = Carrier("ann"), Carrier("bob"), Peer("script")
        wire.connect(self.ann, self.bob, self.script)
        wire.edited(self.ann, 2)
        self.bob.edit(Set("lens", {"by": "bob"}))
        wire.settle()
        self.backup = wire.backup()
        for peer in (self.ann, self.bob, self.ann):
            wire.edited(peer, 2)
        self.data = [one.data for one in wire._kept]
        wire.lose_all()
        self.restore(self.backup, epoch)

    def restore(self, backup: Backup, epoch: str) -> None:
        """Go back to a backup, with the command or, without an epoch, by copying files."""
        if epoch:
            self.wire.restore(backup, epoch)
        else:
            self.wire.copy_back(backup)

    @property
    def clock(self) -> int:
        """The clock of the server's last change."""
        return self.wire.room.history.clock

    def back(self) -> bool:
        """Whether everything is as before the loss, byte for byte, in storage too."""
        self.wire.lose_all()
        self.wire.room = self.wire.open_room()
        return [one.data for one in self.wire._kept] == self.data and self.clock == len(self.data)
