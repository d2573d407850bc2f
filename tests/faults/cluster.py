"""Edit at servers that share NATS, while everything fails: ``python -m tests.faults.cluster --minutes N``.

Three servers, three NATS servers and four people in two sessions. Servers are killed, ended, paused, parted
from NATS, and left without being asked; NATS servers are killed and paused, and lose the stream; late copies
of what the servers publish arrive all the time. Each session begins a chunk every few dozen changes. In the
end, each acknowledged change must be there once; with ``--keep-kb``, each that is not in dropped history.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from nats.aio.msg import Msg
from nats.errors import Error
from nats.js.errors import APIError

from benchmarks.page import write_section
from optiverse_collab.scripting import connect
from optiverse_collab_server.storage.jetstream.opening import open_stream
from optiverse_collab_server.storage.jetstream.stream import NAME
from tests.faults.nodes import FLUSH_S, Front, Node, Person, nodes
from tests.faults.stored import stored, wrong
from tests.faults.table import PAGE
from tests.helpers.nats_server import NatsServer, cluster, leader_of
from tests.helpers.proxy import proxy

SESSIONS, PEOPLE = ("lab", "optics"), 2
CALM_S, FAULT_S = (1.0, 5.0), (1.0, 9.0)
LATE_S, LATE = 3.0, 0.2
"""How late copies of messages come at most, and how many are copied."""
AGAIN = "Tests-Copy"


class Report(NamedTuple):
    """The result of a run.

    Attributes:
        minutes: how long it took.
        acknowledged: the number of acknowledged changes, and `stored` that of all changes in NATS.
        late: the number of late copies.
        silence: for each fault, how long nobody got an acknowledgement in some session, each time, in s.
        problems: the broken promises.
        keep_kb: how much history was kept of each session, in kB; None for all.
    """

    minutes: float
    acknowledged: int
    stored: int
    late: int
    silence: dict[str, list[float]]
    problems: list[str]
    keep_kb: int | None = None

    def __str__(self) -> str:
        lines = [
            f"{len(SESSIONS) * PEOPLE} people in {len(SESSIONS)} sessions, {self.minutes:.0f} minutes, "
            f"{self.acknowledged:,} acknowledged edits, {sum(map(len, self.silence.values())):,} faults, "
            f"{self.late:,} late copies of messages.",
            "",
            "| fault | times | silence, median | longest |",
            "|---|---|---|---|",
        ]
        for name, times in sorted(self.silence.items()):
            lines.append(f"| {name} | {len(times)} | {median(times):.1f} s | {max(times):.1f} s |")
        kept = "" if self.keep_kb is None else f" of the last {self.keep_kb} kB of history"
        good = f"At the end, each acknowledged edit{kept} was there once, among {self.stored:,} changes."
        return "\n".join([*lines, "", *(self.problems or [good])])


class Run:
    """One run.

    Args:
        folder: for all data.
        seconds: how long people work.
        seed: of the faults.
        keep_kb: how much history is kept of each session, in kB; None for all.
    """

    def __init__(self, folder: Path, seconds: float, seed: int, keep_kb: int | None = None) -> None:
        self._folder, self._seconds, self._keep_kb = folder, seconds, keep_kb
        self._chance = random.Random(seed)
        self._silence: dict[str, list[float]] = defaultdict(list)
        self._late = 0

    async def run(self) -> Report:
        """Let people work while everything fails; then let everything recover, and check."""
        async with AsyncExitStack() as stack:
            self._nats = cluster(self._folder)
            for server in self._nats:
                stack.enter_context(server)
            await leader_of(self._nats)
            keep = [] if self._keep_kb is None else ["--keep-mb", str(self._keep_kb)]
            self._nodes = await nodes(stack, self._folder, self._nats, *keep)
            self._busy = {node.name: asyncio.Lock() for node in self._nodes}
            await self._join(stack)
            stream = await open_stream([one.address for one in self._nats], replicas=3)
            stack.push_async_callback(stream.close)
            self._admin = stream.client
            await self._admin.subscribe("optiverse.>", cb=self._copy)
            begun_s = self._now_s
            self._ends_s = begun_s + self._seconds
            people = [person for some in self._people.values() for person in some]
            await asyncio.gather(self._fail_until_end(people), *(one.work(self._chance) for one in people))
            minutes = (self._now_s - begun_s) / 60
            problems = [problem for session in SESSIONS for problem in await self._lacking(session)]
            for node in self._nodes:
                await node.end()
            await leader_of(self._nats)
            counts = await stored([one.address for one in self._nats], SESSIONS)
        put = [person.put for person in people]
        drops = self._keep_kb is not None
        problems += [problem for ids in put for problem in wrong(ids, counts, drops)]
        acknowledged, late = sum(map(len, put)), self._late
        return Report(minutes, acknowledged, counts[""], late, self._silence, problems, self._keep_kb)

    @property
    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()

    async def _join(self, stack: AsyncExitStack) -> None:
        self._fronts = {}
        self._people: dict[str, list[Person]] = {}
        for session in SESSIONS:
            way = await stack.enter_async_context(proxy(self._nodes[0].process.port))
            front = self._fronts[session] = Front(way, self._nodes)
            leading = asyncio.create_task(front.lead())
            stack.callback(leading.cancel)
            self._people[session] = []
            for number in range(PEOPLE):
                name = f"{session}-{number}"
                bench = connect(way.url, session, name, wait=True, chance=lambda: 0.0)
                person = Person(name, await stack.enter_async_context(bench), front)
                self._people[session].append(person)

    async def _copy(self, message: Msg) -> None:
        """Publish a message again, perhaps, and later."""
        headers = message.headers or {}
        if AGAIN in headers or self._chance.random() > LATE:
            return
        await asyncio.sleep(self._chance.uniform(0, LATE_S))
        self._late += 1
        await self._admin.publish(message.subject, message.data, headers={**headers, AGAIN: "yes"})

    # Faults

    async def _fail_until_end(self, people: Sequence[Person]) -> None:
        """Let everything fail, and let people work until all is well again."""
        await asyncio.gather(self._fail(SERVER_FAULTS), self._fail(NATS_FAULTS))
        for person in people:
            person.is_over = True

    async def _fail(self, faults: dict[str, Callable[[Run], Awaitable[None]]]) -> None:
        """Let one fault follow another."""
        while self._now_s < self._ends_s:
            await self._pause(*CALM_S)
            name = self._chance.choice(list(faults))
            watching = asyncio.create_task(self._watch(name))
            await faults[name](self)
            await watching

    async def _watch(self, name: str) -> None:
        """Measure how long nothing is acknowledged from now on."""
        begun_s = self._now_s
        while (ends := [front.acknowledged_s for front in self._fronts.values()]) and min(ends) <= begun_s:
            if self._now_s > begun_s + FLUSH_S:
                break
            await asyncio.sleep(0.02)
        self._silence[name].append(max(ends) - begun_s)

    async def _pause(self, shortest_s: float, longest_s: float) -> None:
        await asyncio.sleep(self._chance.uniform(shortest_s, longest_s))

    def _some_node(self) -> Node:
        """A server, most often one that serves."""
        ports = [front.way.server_port for front in self._fronts.values()]
        serving = [node for node in self._nodes if node.process.port in ports]
        return self._chance.choice([*self._nodes, *serving * 3])

    async def _harm(
        self, harm: Callable[[Node], Awaitable[None]], mend: Callable[[Node], Awaitable[None]]
    ) -> None:
        """Do something to a server, and undo it later."""
        node = self._some_node()
        async with self._busy[node.name]:
            await harm(node)
            await self._pause(*FAULT_S)
            await mend(node)

    async def lead_elsewhere(self) -> None:
        """Lead the people of a session to another server, while theirs is well."""
        front = self._chance.choice(list(self._fronts.values()))
        front.turn()
        front.way.cut()

    async def harm_nats(self, servers: Sequence[NatsServer], kills: bool = True) -> None:
        """Kill or pause NATS servers."""
        for one in servers:
            await asyncio.to_thread(one.kill if kills else one.pause)
        await self._pause(*FAULT_S)
        for one in servers:
            await asyncio.to_thread(one.start if kills else one.resume)

    async def delete_stream(self) -> None:
        """Delete all sessions in NATS."""
        while True:
            try:
                await self._admin.jetstream().delete_stream(NAME)
                return
            except (Error, APIError, TimeoutError):
                await asyncio.sleep(0.2)

    async def kill_everything(self) -> None:
        """Kill all servers, and NATS."""
        async with AsyncExitStack() as stack:
            for node in self._nodes:
                await stack.enter_async_context(self._busy[node.name])
            await asyncio.gather(*(node.kill() for node in self._nodes))
            await self.harm_nats(self._nats)
            await asyncio.gather(*(node.start() for node in self._nodes))

    # The end

    async def _lacking(self, session: str) -> list[str]:
        """What newcomers don't see."""
        deadline_s = self._now_s + FLUSH_S
        way = self._fronts[session].way
        way.cut()  # everybody takes the same way as a newcomer
        async with connect(way.url, session, "Carla", wait=True, chance=lambda: 0.0) as bench:
            wanted = [id for person in self._people[session] for id in person.newest]
            while missing := [id for id in wanted if id not in bench.records]:
                if self._now_s > deadline_s:
                    break
                await asyncio.sleep(0.1)
        return [f"{id} is not on the bench" for id in missing]


SERVER_FAULTS: dict[str, Callable[[Run], Awaitable[None]]] = {
    "kill -9 a server": lambda run: run._harm(Node.kill, Node.start),
    "SIGTERM a server": lambda run: run._harm(Node.end, Node.start),
    "SIGSTOP a server": lambda run: run._harm(Node.pause, Node.resume),
    "part a server from NATS": lambda run: run._harm(Node.part, Node.meet),
    "lead people elsewhere": Run.lead_elsewhere,
}


async def _leader(run: Run, kills: bool) -> None:
    await run.harm_nats([await leader_of(run._nats)], kills)


NATS_FAULTS: dict[str, Callable[[Run], Awaitable[None]]] = {
    "kill -9 a NATS server": lambda run: run.harm_nats([run._chance.choice(run._nats)]),
    "kill -9 the stream's leader": lambda run: _leader(run, kills=True),
    "SIGSTOP the stream's leader": lambda run: _leader(run, kills=False),
    "kill -9 two NATS servers": lambda run: run.harm_nats(run._chance.sample(run._nats, 2)),
    "delete the stream": Run.delete_stream,
    "kill -9 everything": Run.kill_everything,
}


async def play(seconds: float, seed: int, keep_kb: int | None) -> Report:
    """Make a run, with its own processes."""
    with tempfile.TemporaryDirectory() as folder:
        return await Run(Path(folder), seconds, seed, keep_kb).run()


def main() -> int:
    """Run for the requested time; returns 1 if something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.cluster", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the faults (default: %(default)s)")
    parser.add_argument("--keep-kb", type=int, help="drop older history, and don't write the page")
    asked = parser.parse_args()
    logging.disable()  # each fault is reported by everybody
    report = asyncio.run(play(60 * asked.minutes, asked.seed, asked.keep_kb))
    sys.stdout.write(f"{report}\n")
    if asked.keep_kb is None:
        write_section("cluster", str(report), PAGE)
    return int(bool(report.problems))


if __name__ == "__main__":
    sys.exit(main())
