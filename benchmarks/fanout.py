"""Many participants, some of whom drag: the cost and the latency of a delivery."""

from __future__ import annotations

import asyncio
import gc
import time
from array import array
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter

from benchmarks.loop import run
from benchmarks.participant import PATIENCE_SECONDS, Participant
from benchmarks.targets import Target

WARM_UP_SECONDS = 1.0
"""The usual warm-up."""


@dataclass(frozen=True)
class Load:
    """The load of a run.

    Attributes:
        participants: how many are connected.
        editors: how many of them drag something.
        hz: how often each of these sends a position.
        seconds: the measured time.
        in_step: all editors send at the same moments, the best case for a server that gathers edits
        into frames; otherwise their edits are spread evenly, the worst case.
        components: how many the session's bench has; each editor drags its own.
        tls: whether connections are encrypted.
        warm_up_s: edits in this time are delivered and checked, but not measured.
    """

    participants: int
    editors: int
    hz: float = 30.0
    seconds: float = 10.0
    in_step: bool = False
    components: int = 1000
    tls: bool = False
    warm_up_s: float = WARM_UP_SECONDS

    @property
    def deliveries_per_s(self) -> float:
        """How many deliveries there are if the target keeps up."""
        return self.editors * self.hz * (self.participants - 1)


@dataclass(frozen=True)
class Fanout:
    """The results of a run. A delivery is an edit that became visible at one other participant.

    Attributes:
        expected: the required number of deliveries, including the warm-up.
        missing: how many of these did not happen exactly once.
        unseen: edits that did not come back to their author as an acknowledgement.
        cpu_share: CPU time of the target, in s per s.
        deliveries_per_s: how many happened in the time in which that was measured; an overloaded
        target delivers the rest later, or never.
        latencies_ms: from an edit's sending to each of its deliveries, sorted.
        acknowledged_ms: from an edit's sending until its author gets the acknowledgement, sorted.
        late_ms: how late edits were sent, compared with their scheduled times, sorted.
        busy: the same for the load generator; near 1 it would measure itself.
        resident_mb: resident memory of the target at the end, in MB.
    """

    expected: int
    missing: int
    unseen: int
    cpu_share: float
    deliveries_per_s: float
    latencies_ms: Sequence[float]
    acknowledged_ms: Sequence[float]
    late_ms: Sequence[float]
    busy: float
    resident_mb: float

    @property
    def cost(self) -> float:
        """CPU seconds of the target per 100,000 deliveries."""
        return self.cpu_share * 1e5 / self.deliveries_per_s if self.deliveries_per_s else 0.0


def percentile(values: Sequence[float], percent: float) -> float:
    """The value of sorted `values` that `percent` of them don't exceed; 0 for none."""
    return values[min(len(values) - 1, int(len(values) * percent / 100))] if values else 0.0


def measure(target: AbstractContextManager[Target], load: Load) -> Fanout:
    """Start a target, put it under load, and stop it."""
    with target as running:
        return drive([running], load)


def drive(rooms: Sequence[Target], load: Load) -> Fanout:
    """Put a running target under load.

    Args:
        rooms: the target, once for each session; their dialects name different ones.
        load: what the participants of each session do.
    """
    return run(_Run(rooms, load).measure())


@dataclass(frozen=True)
class _Edit:
    due_s: float
    editor: int
    frame: bytes


class _Run:
    """One run; its edits are numbered in the order of their scheduled times."""

    def __init__(self, rooms: Sequence[Target], load: Load) -> None:
        self._rooms = rooms
        self._target = rooms[0]
        self._load = load
        self._participants = [Participant(number) for number in range(len(rooms) * load.participants)]
        self._edits: list[_Edit] = []
        self._sent = array("d")
        self._late_ms = array("d")
        self._seen: list[array[int]] = []
        self._began = self._ended = 0.0
        self._delivered = 0
        self._latencies_ms = array("d")
        self._acknowledged_ms = array("d")

    async def measure(self) -> Fanout:
        """Do it all."""
        for room, target in enumerate(self._rooms):
            first, *others = self._people(room)
            await first.connect(target)
            await first.put(self._load.components)
            for participant in others:
                await participant.connect(target)
        self._plan()
        gc.collect()
        gc.disable()  # nothing here is garbage, and searching for it takes long
        try:
            cpu_share, busy = await self._drive()
            await self._settle()
        finally:
            gc.enable()
        result = self._result(cpu_share, busy)
        for participant in self._participants:
            participant.close()
        await asyncio.sleep(0)
        return result

    def _people(self, room: int) -> list[Participant]:
        """The participants of one session."""
        first = room * self._load.participants
        return self._participants[first : first + self._load.participants]

    def _plan(self) -> None:
        """Schedule all edits."""
        load = self._load
        editors = [
            (component, person)
            for room in range(len(self._rooms))
            for component, person in enumerate(self._people(room)[: load.editors])
        ]
        for round_ in range(round((load.warm_up_s + load.seconds) * load.hz)):
            for place, (component, person) in enumerate(editors):
                late = 0 if load.in_step else place / len(editors)
                clock = person.client_clock + round_ + 1
                frame = self._target.dialect.edit(len(self._edits), clock, component)
                self._edits.append(_Edit((round_ + late) / load.hz, person.number, frame))
        total = len(self._edits)
        self._sent = array("d", [0.0] * total)
        self._late_ms = array("d", [0.0] * total)
        self._seen = [array("B", bytes(total)) for _ in self._participants]

    async def _drive(self) -> tuple[float, float]:
        """Send all edits, and read the clocks of both processes after the warm-up and at the end.

        Returns:
            CPU time of the target and of this process, in s per s.
        """
        start = perf_counter()
        sending = asyncio.create_task(self._send(start))
        await asyncio.sleep(self._load.warm_up_s)
        self._began, target_s, own_s = perf_counter(), self._target.cpu_s(), time.process_time()
        await asyncio.sleep(start + self._load.warm_up_s + self._load.seconds - self._began)
        self._ended = perf_counter()
        took = self._ended - self._began
        shares = (self._target.cpu_s() - target_s) / took, (time.process_time() - own_s) / took
        await sending
        return shares

    async def _send(self, start: float) -> None:
        """Send every edit at its time, whatever happened to earlier ones."""
        for number, edit in enumerate(self._edits):
            wait = start + edit.due_s - perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            now = self._sent[number] = perf_counter()
            self._late_ms[number] = (now - start - edit.due_s) * 1000
            self._participants[edit.editor].send(edit.frame)

    async def _settle(self) -> None:
        """Read messages until nothing is missing, or the time is up."""
        deadline = perf_counter() + PATIENCE_SECONDS
        left = len(self._edits) * self._load.participants
        if not self._target.dialect.echoes:
            left -= len(self._edits)
        while left > 0 and perf_counter() < deadline:
            await asyncio.sleep(0.05)
            for participant, seen in zip(self._participants, self._seen, strict=True):
                for at, number in participant.read():
                    seen[number] = min(seen[number] + 1, 2)
                    left -= 1
                    self._note(participant, self._edits[number], at, (at - self._sent[number]) * 1000)

    def _note(self, participant: Participant, edit: _Edit, at: float, took_ms: float) -> None:
        """Note one delivery or acknowledgement."""
        is_own = edit.editor == participant.number
        if edit.due_s >= self._load.warm_up_s:
            (self._acknowledged_ms if is_own else self._latencies_ms).append(took_ms)
        if not is_own and self._began <= at <= self._ended:
            self._delivered += 1

    def _result(self, cpu_share: float, busy: float) -> Fanout:
        expected = len(self._edits) * (self._load.participants - 1)
        own = sum(self._seen[edit.editor][number] == 1 for number, edit in enumerate(self._edits))
        delivered = sum(seen.count(1) for seen in self._seen) - own
        return Fanout(
            expected=expected,
            missing=expected - delivered,
            unseen=len(self._edits) - own,
            cpu_share=cpu_share,
            deliveries_per_s=self._delivered / (self._ended - self._began),
            latencies_ms=sorted(self._latencies_ms),
            acknowledged_ms=sorted(self._acknowledged_ms),
            late_ms=sorted(self._late_ms),
            busy=busy,
            resident_mb=self._target.resident_mb(),
        )
