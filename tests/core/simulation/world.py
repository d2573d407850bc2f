"""Users, a server and the network between them; every step of a history is a method of `World`.

A step that makes no sense at its place does nothing, so any part of a log can be replayed.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from optiverse_collab.core.records import Put
from tests.core.simulation.client import Client
from tests.core.simulation.network import Network
from tests.core.simulation.scenario import How, OpData, Setup, Step
from tests.core.simulation.server import Server
from tests.core.simulation.truth import Broken, Change, play
from tests.core.simulation.undo import inverse

_ROUNDS = 1000  # in which all must have come to rest; long lists of small pushes take their time


class World(Network):
    """A session with its clients."""

    def __init__(self, setup: Setup, counts: Counter[str]) -> None:
        self.counts = counts
        self.now_ms = 1_000_000.0
        self.patient = setup.patient
        changes: dict[tuple[str, int], Change] = {}
        self.server = Server(setup, changes, counts)
        truths = self.server.truths
        denied = self.server.given.denied
        self.clients = [Client(i, truths, changes, counts, setup, denied) for i in range(setup.clients)]
        if setup.settled:
            for index in range(setup.clients):
                self.connect(index)
            self.settle()

    def do(self, step: Step) -> None:
        """Take one step."""
        getattr(self, step[0])(*step[1:])

    # Users

    def edit(self, index: int, ops: list[OpData], how: dict[str, Any] | None = None) -> None:
        """A user makes a change."""
        client = self.clients[index]
        taking_back = inverse(client.screen, ops)
        if client.edit(ops, msgspec.convert(how or {}, How)):
            client.undo.append(taking_back)

    def undo(self, index: int) -> None:
        """A user undoes their last change, as far as still possible."""
        client = self.clients[index]
        if client.undo:
            screen = dict(client.screen)
            ops = [op for op in client.undo.pop() if play(screen, op)]
            if ops and client.edit(ops, How(yields=True)):
                self.counts["edits undone"] += 1

    def show(self, index: int, state: dict[str, Any]) -> None:
        """A user moves the cursor, or changes other presence."""
        self.clients[index].show(state)

    def drag(self, index: int, id: str, moves: int) -> None:
        """A user drags an item, and nothing gets through meanwhile (PUSH-10)."""
        client = self.clients[index]
        for x in range(moves):
            if id in client.replica.view:
                client.edit([{"op": "set", "id": id, "props": {"pos": [x, 0.5]}}], How(step="drag"))
            if x % 4 == 0:
                client.show({"cursor": [x, 0.5]})
            self.write(index)
            self.poll(index, 35)

    def close_host(self, index: int) -> None:
        """The editor of the user who hosts is closed, and its server ends with it (PRES-6)."""
        client = self.clients[index]
        if client.shown.get("hosts"):
            self.depart(index, {})
            client.show({"hosts": None})
            self.restart()
            self.counts["hosts that left"] += 1

    def poll(self, index: int, after_ms: float) -> None:
        """Time passes, and a client does what is due."""
        self.now_ms += after_ms
        self.clients[index].poll(self.now_ms)

    def starve(self, index: int, seconds: int) -> None:
        """Nothing gets through for a while, and a client does what is due as often as it can (HB-3)."""
        for _ in range(2 * seconds):
            self.poll(index, 500)

    def reboot(self, index: int) -> None:
        """A client's program ends and starts again."""
        self.clients[index].quit()
        self.cut(index, 1)
        self.leave(index)
        self.clients[index].restart()
        self.counts["client restarts"] += 1

    def dismiss(self, index: int) -> None:
        """A user decides about a held edit (SEEN-9)."""
        if self.clients[index].replica.held:
            self.clients[index].dismiss()
            self.counts["held edits dismissed"] += 1

    # Their disks

    def write(self, index: int) -> None:
        """A client's disk has finished a write."""
        self.counts["writes"] += self.clients[index].write()

    def disk_fails(self, index: int) -> None:
        """A client's disk fails in the middle of a write."""
        client = self.clients[index]
        if client.disk is not None:
            client.disk.fail(self.now_ms)
            client.ask_disk()

    def kill(self, index: int, arrives: int, part: float) -> None:
        """A client's program crashes in the middle of a write, and starts again."""
        client = self.clients[index]
        if client.disk is not None:
            self._end(index, arrives)
            client.adopt(client.disk.after_kill(part, client.ledger))
            self.counts["kills"] += 1

    def power_cut(self, index: int, arrives: int, part: float) -> None:
        """A client's computer loses its power, and starts again."""
        client = self.clients[index]
        if client.disk is not None:
            self._end(index, arrives)
            client.adopt(client.disk.after_power_cut(part))
            self.counts["power cuts"] += 1

    def clone(self, index: int, other: int) -> None:
        """Somebody starts with a copy of what another client, which continues, has on disk."""
        disk = None if self.clients[index].tainted else self.clients[index].disk
        if disk is not None and disk.file is not None and index != other and not disk.file.tainted:
            self._end(other, 1)
            self.clients[other].adopt(disk.file)
            self.clients[index].cloned = self.clients[other].cloned = True
            self.counts["clones"] += 1

    def _end(self, index: int, arrives: int) -> None:
        """A client is gone; some of its messages still arrive."""
        self.cut(index, arrives)
        self.leave(index)

    def renew(self, index: int) -> None:
        """The owner of a replica of a former history starts over (CLK-3)."""
        client = self.clients[index]
        if client.foreign:
            self.cut(index, 0)
            client.start_over()

    # Faults that should never happen

    def resend(self, index: int) -> None:
        """A client sends its last push a second time."""
        if self.clients[index].push_again():
            self.counts["pushes sent twice"] += 1

    def lose(self, index: int) -> None:
        """A frame with changes is lost on its way to a client (HASH-4)."""
        connection = self.clients[index].connection
        if connection is not None and connection.next_is_change:
            connection.down.popleft()
            connection.lossy = True
            self.counts["frames lost"] += 1

    def corrupt(self, index: int) -> None:
        """A replica becomes corrupt: it holds a record that nobody made (HASH-3)."""
        client = self.clients[index]
        if client.replica.synced and not client.cloned:  # asking for everything may disconnect the other one
            client.replica._confirmed.document.apply(Put("ghost", "component", {}))
            client.tainted = True
            self.counts["replicas damaged"] += 1

    # The server

    def role(self, index: int, role: str) -> None:
        """An owner says what a client's user may do."""
        client = self.clients[index]
        takes_away = role in ("viewer", "commenter")
        self.counts["edits that wait for a right"] += takes_away and bool(client.ledger.open)
        self.server.set_role(client.grant, role, int(self.now_ms))

    def take(self, compact: bool) -> None:
        """The server hands accepted changes to storage, perhaps with a snapshot."""
        if self.server.take(compact) and compact:
            self.counts["snapshots"] += 1

    def commit(self) -> None:
        """Storage is done with the oldest entries."""
        self.server.commit()

    def compact(self) -> None:
        """Storage is done with the oldest snapshot."""
        if self.server.storage.can_compact:
            self.server.compact()
            self.counts["compactions"] += 1

    def tick(self) -> None:
        """The server sends what it may."""
        self.server.tick(self.now_ms)

    def restart(self) -> None:
        """The server stops properly, and starts again."""
        self.server.restart(self.now_ms)
        self._forget_half_open()
        self.counts["server restarts"] += 1

    def crash(self, stages: int) -> None:
        """The server dies and starts again."""
        self.server.crash(stages)
        self._forget_half_open()
        self.counts["crashes"] += 1

    def replace(self, keep: bool) -> None:
        """The session's data is replaced by an old copy, or by nothing."""
        truth = self.server.truth
        self.server.replace_data(truth.docs[truth.durable // 2] if keep else {})
        self._forget_half_open()
        self.counts["histories replaced"] += 1

    def rollback(self, entries: int) -> None:
        """The session's data is replaced by a backup from before its last entries."""
        self.server.restore_backup(entries)
        self._forget_half_open()
        self.counts["backups restored"] += 1

    def keep_copy(self, index: int) -> None:
        """Somebody copies what a client has on disk."""
        self.clients[index].keep_copy()

    def revive(self, index: int) -> None:
        """A client's program ends, and starts again from an older copy of what it had on disk."""
        client = self.clients[index]
        if client.copy is not None:
            self.cut(index, 1)
            self.leave(index)
            client.revive()
            self.counts["older copies restored"] += 1

    def _forget_half_open(self) -> None:
        for client in self.clients:
            client.half_open.clear()

    # All of it

    def settle(self) -> None:
        """Deliver, store and send everything, until nothing moves any more."""
        for _ in range(_ROUNDS):
            if not self._settle_once():
                return
        raise Broken(f"PUSH-2: it doesn't come to rest in {_ROUNDS} rounds")

    def _settle_once(self) -> bool:
        moved = False
        for client in self.clients:
            while self.up(client.index):
                moved = True
        self.server.take(compact=False)
        while self.server.commit():
            moved = True
        self.server.tick(self.now_ms)
        moved = moved or self.server.room.has_presence
        for client in self.clients:
            while self.down(client.index):
                moved = True
        self.now_ms += 40
        for client in self.clients:
            while client.write():
                moved = True
            moved = client.poll(self.now_ms) or client.replica.wait_ms(self.now_ms) is not None or moved
            moved = moved or (client.disk is not None and client.disk.asked)
        return moved
