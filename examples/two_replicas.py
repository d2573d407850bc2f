"""A room and two replicas, without a network: the whole core at work."""

import msgspec

from optiverse_collab.core.client.effects import ReplicaEffect, Transmit
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.codec import close_patch
from optiverse_collab.core.protocol.messages import Patch
from optiverse_collab.core.records import Put, Set
from optiverse_collab.core.server.effects import SendFrame, SendPages
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.room import Room

room = Room("lab", History(History.empty("epoch 1")), server="example")
ann, bob = Replica("replica a"), Replica("replica b")
replicas = {"Ann": ann, "Bob": bob}


def transmit(name: str, effects: list[ReplicaEffect]) -> None:
    for effect in effects:
        if isinstance(effect, Transmit):
            room.receive(name, effect.message, now_ms=0)


def deliver() -> None:
    room.saved(room.history.clock)  # A server stores first: nobody sees what a crash could undo.
    for effect in room.flush():
        match effect:
            case SendPages(name, pages):
                for page in pages:
                    replicas[name].receive(page)
            case SendFrame(names, body, acks):
                for name in names:
                    frame = close_patch(body, acks.get(name, ()))
                    replicas[name].receive(msgspec.json.decode(frame, type=Patch))


for name, replica in replicas.items():
    room.join(name, user_id=name, now_ms=0)
    transmit(name, replica.connected())
deliver()
ann.edit([Put("lens", "component", {"pos": [0.0, 0.0], "angle_deg": 0.0})])
transmit("Ann", ann.poll(now_ms=0))
deliver()
ann.edit([Set("lens", {"pos": [120.0, 0.0]})])
bob.edit([Set("lens", {"angle_deg": 45.0})])  # At the same moment: each shows its own edit at once.
transmit("Ann", ann.poll(now_ms=100))
transmit("Bob", bob.poll(now_ms=100))
deliver()
assert ann.view == bob.view == room.history.document.records
print(ann.view["lens"].props)
