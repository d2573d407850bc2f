"""A session whose server is restored from a backup, and two people who know what that lacks (BACK-11)."""

from __future__ import annotations

from optiverse_collab.core.records import Put, Remove, Set
from tests.helpers.wire import LENS, Backup, Peer, Wire

MIRROR = Put("mirror", "component", {"pos": [1, 1]})
PRISM = Put("prism", "component", {"pos": [5, 5]})


class Lost:
    """A bench with a lens and a mirror, of which there is a backup; Ann and Bob edited it after that.

    Args:
        wire: to the server; one that doesn't sign heads if it is not given.
    """

    def __init__(self, wire: Wire | None = None) -> None:
        self.wire = Wire() if wire is None else wire
        self.ann, self.bob = Peer("ann", goes_back=True), Peer("bob", goes_back=True)
        self.wire.connect(self.ann, self.bob)
        self.do(self.ann, LENS)
        self.do(self.ann, MIRROR)
        self.backup: Backup = self.wire.backup()
        self.do(self.ann, Set("lens", {"pos": [3, 3], "name": None}))
        self.do(self.bob, Remove("mirror"))
        self.do(self.bob, PRISM)

    def do(self, peer: Peer, *ops: Put | Set | Remove) -> None:
        """Let somebody edit, and everybody see it."""
        peer.edit(*ops)
        self.wire.settle()

    def restore(self) -> None:
        """All connections break, and the server continues from the backup."""
        for peer in [*self.wire.peers.values()]:
            self.wire.lose(peer)
        self.wire.restore(self.backup, "epoch 2")

    def go_on(self, rounds: int) -> None:
        """Let some time pass on Ann's connection."""
        for _ in range(rounds):
            self.wire.poll(self.ann)
            self.wire.send_up(self.ann)
            self.wire.commit()
            self.wire.send_down(self.ann)

    @property
    def steps(self) -> list[str]:
        """The steps of all changes since the backup."""
        return [entry.step for entry in self.wire.journal[2:]]

    @property
    def bench(self) -> dict[str, dict[str, object]]:
        """The properties of all records on the server."""
        return {id: dict(one.props) for id, one in self.wire.room.history.document.records.items()}
