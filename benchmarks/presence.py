"""Many people who move their cursors: what that costs, and how old a cursor is when others see it."""

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
"""The messages that this many people get are read and counted: reading all costs more than sending."""

FORGET_EVERY = 1000
"""Moves after which what the others got is thrown away."""

_MOVE = re.compile(rb'"cursor":\[(\d+)\.25,')


@dataclass(frozen=True)
class Moved:
    """What a run showed. A delivery is a position that one other participant saw.

    Attributes:
        cpu_share: CPU time of the target, in s per s.
        deliveries_per_s: how many there were; what was replaced by a later one, or waited, is none.
        shown: the same, as a share of all positions that were sent.
        ages_ms: how old positions were when they came, sorted.
        busy: CPU time of the load generator, in s per s.
    """

    cpu_share: float
    deliveries_per_s: float
    shown: float
    ages_ms: Sequence[float]
    busy: float


def move(number: int) -> bytes:
    """The message of somebody whose cursor moves; `number` is which move of the run it is."""
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
