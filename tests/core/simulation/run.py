"""Run histories from a seed or from a log, and shrink the log of a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from optiverse_collab.core.client import push_window
from optiverse_collab.core.protocol import pages
from optiverse_collab.core.server import delivery, occasions, presence_pace, snapshots
from optiverse_collab.core.server import versions as kept_versions
from tests.core.simulation import versions
from tests.core.simulation.finish import finish
from tests.core.simulation.generate import Generator
from tests.core.simulation.scenario import Log, Setup, Step, to_json
from tests.core.simulation.truth import Broken
from tests.core.simulation.world import World

STEPS = 150


class Failed(AssertionError):
    """A failed history.

    Attributes:
        log: the history up to there.
    """

    def __init__(self, title: str, log: Log, error: Exception) -> None:
        super().__init__(f"{title}: {type(error).__name__}: {error}\n{to_json(log)}")
        self.log = log


def run_seed(seed: int, counts: Counter[str], steps: int = STEPS) -> None:
    """Run the history of `seed`, and count its events.

    Raises:
        Failed: with its log.
    """
    generator = Generator(seed)
    log = Log(generator.setup, [])
    with _scaled(generator.setup):
        try:
            world = World(generator.setup, counts)
            for _ in range(steps):
                step = generator.next(world)
                log.steps.append(step)
                world.do(step)
            finish(world)
            counts["histories"] += 1
        except Exception as error:
            raise Failed(f"seed {seed}, step {len(log.steps)}", log, error) from error


def run(log: Log, counts: Counter[str] | None = None) -> None:
    """Replay `log`.

    Raises:
        Failed: with the part of the log that was replayed.
    """
    done: list[Step] = []
    with _scaled(log.setup):
        try:
            world = World(log.setup, Counter() if counts is None else counts)
            for step in log.steps:
                done.append(step)
                world.do(step)
            finish(world)
        except Exception as error:
            raise Failed(f"step {len(done)}", Log(log.setup, done, log.why), error) from error


@contextmanager
def _scaled(setup: Setup) -> Iterator[None]:
    """Inside this block, the core's limits are small enough for a short history."""
    first, least = setup.first_page_bytes, setup.least_page_bytes
    at_first, at_least, at_most = setup.push_bytes
    with (
        mock.patch.object(delivery, "HASH_EVERY", setup.hash_every),
        mock.patch.object(snapshots, "STEP", 1),
        mock.patch.multiple(occasions, **versions.SCALED),
        mock.patch.multiple(kept_versions, **versions.SCALED_KEPT),
        mock.patch.multiple(presence_pace, BURST_BYTES=30, BYTES_PER_S=500),
        mock.patch.multiple(pages, FIRST_BYTES=first, LEAST_BYTES=least),
        mock.patch.multiple(push_window, FIRST_BYTES=at_first, LEAST_BYTES=at_least, MOST_BYTES=at_most),
    ):
        yield


def shrink(failed: Failed) -> Failed:
    """Remove steps of a failing log as long as it still fails in the same way."""
    kind = _kind(failed)
    steps = failed.log.steps
    size = max(1, len(steps) // 2)
    while True:
        start = 0
        while start < len(steps):
            fewer = steps[:start] + steps[start + size :]
            try:
                run(Log(failed.log.setup, fewer))
            except Failed as again:
                if _kind(again) == kind:
                    failed, steps = again, again.log.steps
                    continue
            start += size
        if size == 1:
            return failed
        size //= 2


def _kind(failed: Failed) -> str:
    """The sort of failure: the broken rule, or the exception."""
    cause = failed.__cause__
    return str(cause).partition(":")[0] if isinstance(cause, Broken) else repr(type(cause))
