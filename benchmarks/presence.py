"""Many people who move their cursors: the cost, and the age of a cursor when others see it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter

from benchmarks.fanout import WARM_UP_SECONDS
from benchmarks.loop import run
from benchmarks.participant import Participant
from benchmarks.targets import Target
from benchmarks.wire import text_frame

LOOKED_AT = 4
"""Messages to this many people are read and counted: reading all would cost more than sending."""

FORGET_EVERY = 1000
"""After this many moves, the messages to the others are dropped."""

_MOVE = re.compile(rb'"cursor":\[(\d+)\.25,')


@dataclass(frozen=True)
class Moved:
    """The results of a run. A delivery is a position that one other participant saw.

    Attributes:
        cpu_share: CPU time of the target, in s per s.
        deliveries_per_s: how many there were; replaced or waiting positions don't count.
        shown: the same, as a share of all sent positions.
        ages_ms: the ages of positions on arrival, sorted.
        busy: CPU time of the load generator, in s per s.
    """

    cpu_share: float
    deliveries_per_s: float
    shown: float
    ages_ms: Sequence[float]
    busy: float


def move(number: int) -> bytes:
    """The message for a moving cursor; `number` is the move's number in the run."""
    return b'{"type":"presence","state":{"cursor":[%d.25,172.46314119522515]}}' % number


def measure(target: AbstractContextManager[Target], people: int, hz: float, seconds: float) -> Moved:
    """Start a target, let people move their cursors, and stop it."""
    with target as running:
        return run(_measure(running, people, hz, seconds))


async def _measure(target: Target, people: int, hz: float, seconds: float) -> Moved:
    participants = [Participant(number) for number in range(people)]
    for participant in participants:
        await participant.connect(target)
    moves = round((WARM_UP_SECONDS + seconds) * hz) * people
    sent = [0.0] * moves
    first = round(WARM_UP_SECONDS * hz) * people
    start = perf_counter()
    began = target_s = own_s = 0.0
    for number in range(moves):
        wait = start + number / hz / people - perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        if number == first:
            began, target_s, own_s = perf_counter(), target.cpu_s(), time.process_time()
        if number % FORGET_EVERY == 0:
            await asyncio.sleep(0)
            for participant in participants[LOOKED_AT:]:
                participant.forget()
        sent[number] = perf_counter()
        participants[number % people].send(text_frame(move(number)))
    ended = perf_counter()
    took = ended - began
    cpu_share, busy = (target.cpu_s() - target_s) / took, (time.process_time() - own_s) / took
    ages_ms = sorted(
        (at - sent[number]) * 1000
        for participant in participants[:LOOKED_AT]
        for at, text in participant.texts()
        if began <= at <= ended
        for number in map(int, _MOVE.findall(text))
    )
    for participant in participants:
        participant.close()
    await asyncio.sleep(0)
    each = len(ages_ms) / LOOKED_AT
    expected = (moves - first) * (people - 1) / people
    return Moved(cpu_share, each * people / took, each / expected, ages_ms, busy)
