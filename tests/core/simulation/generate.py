"""Generates a history from a seed: a setup, and steps that make sense at their place."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from optiverse_collab.core.protocol.pages import FIRST_BYTES
from optiverse_collab.core.server.subscribers import BEHIND_BYTES, BEHIND_MS
from tests.core.simulation import users
from tests.core.simulation.scenario import PUSH_BYTES, Setup, Step
from tests.core.simulation.weights import PROFILES
from tests.core.simulation.world import World

CODES = (1000, 1001, 1005, 1006, 1008, 1011, 1013, 4401, 4408, 4409, 4426, 4429, 4430, 4503, 4999)
REFUSALS = (
    *(("refused", 0), ("unknown host", 0), ("unreachable", 0), ("network", 0), ("closed", 4503)),
    *(("broken off", 0), ("untrusted", 0), ("no WebSocket", 0)),
    *(("HTTP", 404), ("HTTP", 503), ("closed", 4426)),
)


class Generator:
    """A random setup and random steps.

    Args:
        seed: the same seed gives the same history.

    Attributes:
        setup: of the history.
    """

    def __init__(self, seed: int) -> None:
        self._random = random = Random(seed)
        self.setup = _setup(random)
        self._table = PROFILES[seed % len(PROFILES)]

    def next(self, world: World) -> Step:
        """A step that makes sense now."""
        table, random = self._table, self._random.random
        while True:
            name = table[int(random() * len(table))]
            index = int(random() * len(world.clients))
            step = _MAKE[name](self._random, world, index)
            if step is not None:
                return step


def _setup(random: Random) -> Setup:
    clients = random.choice((2, 2, 2, 3, 3, 4, 5))
    small = random.random() < 0.5
    first_page_bytes = random.choice((80, 200, FIRST_BYTES))
    return Setup(
        clients=clients,
        patient=random.random() < 0.3,
        settled=random.random() < 0.8,
        tombstones=random.choice((3, 4, 8, 4096)),
        hash_every=random.choice((1, 3, 8)),
        page_bytes=random.choice((1, 100, 300, 262144)),
        first_page_bytes=first_page_bytes,
        least_page_bytes=first_page_bytes // 2,
        record_bytes=random.choice((110, 150)) if small else 524288,
        change_bytes=random.choice((150, 600)) if small else 983040,
        records=random.choice((3, 4, 5, 100000)),
        push_bytes=random.choice((PUSH_BYTES, (400, 100, 1200))),
        participants=random.choice((clients, clients + 1, 500)),
        outcomes=10_000,
        behind_ms=random.choice((100, BEHIND_MS)),
        behind_bytes=random.choice((1, 500, BEHIND_BYTES)),
        disks=random.random() < 0.6,
        remembered=random.choice((1, 2, 3, 10_000, 10_000)),
    )


def _poll(random: Random, world: World, index: int) -> Step | None:
    session, now_ms = world.clients[index].session, world.now_ms
    wait = session.wait_ms(now_ms)
    if wait is None:
        return None
    chance = random.random()
    if chance < 0.02:  # mostly too short for a dead line, unless what arrives in between doesn't count
        return ["poll", index, 80_000] if chance < 0.003 else ["starve", index, 30 if chance < 0.006 else 6]
    return ["poll", index, wait] if wait < 100 or (random.random() < 0.3 and wait < 1000) else None


def _up(random: Random, world: World, index: int) -> Step | None:
    for client in world.clients[index:] + world.clients[:index]:
        if client.connection is not None and client.connection.up and client.connection.server_open:
            return ["up", client.index]
    return None


def _down(random: Random, world: World, index: int) -> Step | None:
    for client in world.clients[index:] + world.clients[:index]:
        connection = client.connection
        if connection is not None and (connection.down or not connection.server_open):
            return ["down", client.index]
    return None


def _take(random: Random, world: World, index: int) -> Step | None:
    return ["take", random.random() < 0.3] if world.server.room.has_unsaved else None


def _commit(random: Random, world: World, index: int) -> Step | None:
    return ["commit"] if world.server.storage.appends else None


def _compact(random: Random, world: World, index: int) -> Step | None:
    return ["compact"] if world.server.storage.can_compact else None


def _tick(random: Random, world: World, index: int) -> Step | None:
    return ["tick"] if world.server.room.has_waiting or world.server.room.has_presence else None


def _connect(random: Random, world: World, index: int) -> Step | None:
    """The next step on the way to a connection."""
    client = world.clients[index]
    stand = client.driver.policy.stand
    if client.foreign or client.connection is not None:
        return None
    if stand == "probing":
        return ["probe", index, False]
    return [{"out": "join", "opening": "accept", "waiting": "timer"}[stand], index]


def _refuse(random: Random, world: World, index: int) -> Step | None:
    """An attempt fails."""
    client = world.clients[index]
    stand = client.driver.policy.stand
    if stand == "probing":
        return ["probe", index, True] if random.random() < 0.3 else ["timer", index]
    if stand != "opening" or client.connection is not None:
        return None
    chance = random.random()
    if chance < 0.1:
        return ["greet", index]
    if chance > 0.4 and client.driver.hosting.name:
        return ["refuse", index, "refused", 0]
    return ["timer", index] if chance < 0.2 else ["refuse", index, *random.choice(REFUSALS)]


def _timer(random: Random, world: World, index: int) -> Step | None:
    """A timer is due that nobody waits for any more, unless the server is slow to admit somebody."""
    driver = world.clients[index].driver
    return ["timer", index] if driver.connection is not None and driver.timer_ms is not None else None


def _close(random: Random, world: World, index: int) -> Step | None:
    connection = world.clients[index].connection
    return ["drop", index, random.choice(CODES)] if connection is not None else None


def _cut(random: Random, world: World, index: int) -> Step | None:
    """Best while a request is in transit: it may arrive after the next connection's (SYNC-7)."""
    for client in world.clients[index:] + world.clients[:index]:
        connection = client.connection
        if connection is not None and connection.up and connection.up[0].startswith('{"type":"sync:request"'):
            return ["cut", client.index, len(connection.up)]
    connection = world.clients[index].connection
    return ["cut", index, random.randrange(len(connection.up) + 1)] if connection is not None else None


def _late(random: Random, world: World, index: int) -> Step | None:
    for client in world.clients[index:] + world.clients[:index]:
        if any(connection.up for connection in client.half_open):
            return ["late", client.index]
    return None


def _if_connected(name: str) -> Callable[[Random, World, int], Step | None]:
    def make(random: Random, world: World, index: int) -> Step | None:
        return [name, index] if world.clients[index].connection is not None else None

    return make


def _resend(random: Random, world: World, index: int) -> Step | None:
    """Best by a client whose last push went out on an earlier connection."""
    for client in world.clients[index:] + world.clients[:index]:
        if client.replica.synced and client.pushed is not None and client.pushed[2] is not client.connection:
            return ["resend", client.index]
    return ["resend", index] if world.clients[index].connection is not None else None


def _lose(random: Random, world: World, index: int) -> Step | None:
    for client in world.clients[index:] + world.clients[:index]:
        connection = client.connection
        if connection is not None and connection.next_is_change:
            return ["lose", client.index]
    return None


def _write(random: Random, world: World, index: int) -> Step | None:
    for client in world.clients[index:] + world.clients[:index]:
        if client.disk is not None and client.disk.asked:
            return ["write", client.index]
    return None


def _crash(name: str) -> Callable[[Random, World, int], Step | None]:
    def make(random: Random, world: World, index: int) -> Step | None:
        if world.clients[index].disk is None:
            return None
        return [name, index, random.randrange(3), random.choice((0.0, 0.3, 0.6, 0.99, 1.0))]

    return make


def _clone(random: Random, world: World, index: int) -> Step | None:
    disk, other = world.clients[index].disk, random.randrange(len(world.clients))
    return ["clone", index, other] if disk is not None and disk.file is not None and index != other else None


def _disk_fails(random: Random, world: World, index: int) -> Step | None:
    disk = world.clients[index].disk
    return ["disk_fails", index] if disk is not None and disk.asked else None


_MAKE: dict[str, Callable[[Random, World, int], Step | None]] = {
    "edit": users.edit,
    "undo": users.undo,
    "poll": _poll,
    "up": _up,
    "down": _down,
    "take": _take,
    "commit": _commit,
    "tick": _tick,
    "connect": _connect,
    "show": users.show,
    "host": users.host,
    "drag": users.drag,
    "depart": users.depart,
    "cut": _cut,
    "late": _late,
    "notice": lambda random, world, index: ["notice", index] if world.clients[index].half_open else None,
    "drop": _if_connected("drop"),
    "refuse": _refuse,
    "timer": _timer,
    "close": _close,
    "leave": lambda random, world, index: ["leave", index],
    "hurry": lambda random, world, index: ["hurry", index],
    "late_news": lambda random, world, index: ["late_news", index, random.choice(CODES)],
    "reboot": lambda random, world, index: ["reboot", index],
    "keep_copy": lambda random, world, index: ["keep_copy", index],
    "revive": lambda random, world, index: (
        ["revive", index] if world.clients[index].copy is not None else None
    ),
    "rollback": lambda random, world, index: ["rollback", random.randrange(4)],
    "behind": _if_connected("behind"),
    "away": lambda random, world, index: ["away", index, random.random() < 0.5],
    "compact": _compact,
    "settle": lambda random, world, index: ["settle"],
    "restart": lambda random, world, index: ["restart"],
    "crash": lambda random, world, index: ["crash", random.randrange(3)],
    "resend": _resend,
    "lose": _lose,
    "corrupt": _if_connected("corrupt"),
    "replace": lambda random, world, index: ["replace", random.random() < 0.5],
    "write": _write,
    "kill": _crash("kill"),
    "power_cut": _crash("power_cut"),
    "disk_fails": _disk_fails,
    "clone": _clone,
    "dismiss": lambda random, world, index: ["dismiss", index] if world.clients[index].replica.held else None,
    "role": users.role,
    "renew": lambda random, world, index: ["renew", index] if world.clients[index].foreign else None,
}
