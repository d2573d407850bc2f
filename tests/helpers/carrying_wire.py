"""A wire on which peers carry parcels, and return them (BACK)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.carrying import BroughtBack, KeepParcel, ParcelsWanted
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.parcels import Parcel, ParcelsReturned
from optiverse_collab.core.records import Set
from optiverse_collab.core.server import effects as server_fx
from tests.helpers.signing_wire import SigningWire
from tests.helpers.wire import LENS, Peer


class Carrier(Peer):
    """A peer who keeps parcels, as a window with a disk does.

    Attributes:
        kept: the parcels, in order.
        answers: whether it answers when it is asked for them, and `at_once` how many it returns.
    """

    def __init__(self, name: str, kept: Sequence[Parcel] = ()) -> None:
        super().__init__(name)
        self.replica.write_ahead.has_disk = True
        self.kept = [*kept]
        self.answers, self.at_once = True, 2

    def do(self, effects: Sequence[fx.SessionEffect]) -> None:
        """Carry out effects."""
        super().do(effects)
        for effect in effects:
            if isinstance(effect, KeepParcel):
                self.kept.append(effect.parcel)
            elif isinstance(effect, ParcelsWanted) and self.answers:
                asked = effect.request
                later = [one for one in self.kept if one.epoch in asked.epochs and one.clock > asked.clock]
                super().do([fx.Transmit(ParcelsReturned(asked.clock, later[: self.at_once]))])

    @property
    def brought(self) -> list[BroughtBack]:
        """What it heard about changes that came back."""
        return self.told(BroughtBack)


class CarryingWire(SigningWire):
    """The wire to a room that sends parcels.

    Attributes:
        brought: what the room reported, in order.
    """

    def __init__(self) -> None:
        self.brought: list[server_fx.BroughtBack] = []
        super().__init__()

    def perform(self, effects: Sequence[server_fx.RoomEffect]) -> None:
        """Put the room's messages on the wire, and note what it reports."""
        self.brought += [effect for effect in effects if isinstance(effect, server_fx.BroughtBack)]
        super().perform(effects)

    def carry(self) -> None:
        """Send everybody who carries parcels everything that is durable."""
        while (make := self.room.parcels.take(self.room.stored)) is not None:
            for id in self.room.parcels.carriers:
                self.peers[id].down.append(encode(make()))
        self.settle()

    def edited(self, peer: Peer, count: int) -> None:
        """Make changes, one after the other, in one parcel."""
        for number in range(count):
            peer.edit(Set("lens", {"n": number}) if "lens" in peer.replica.view else LENS)
            self.settle()
        self.carry()
        self.beat()

    def lose_all(self) -> None:
        """All connections break off."""
        for peer in [*self.peers.values()]:
            self.lose(peer)
