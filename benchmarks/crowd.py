"""Others in a session, in a separate process: they put a bench there, drag components, or point.

``python -m benchmarks.crowd PORT COMPONENTS SOURCES`` prints ``ready`` when the bench is in the session. For
each line ``drag PEOPLE HZ SECONDS`` on standard input, PEOPLE drag a component each, and for ``point …``
they move the mouse; then it prints ``ready`` again.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from time import perf_counter
from types import TracebackType
from typing import IO

from benchmarks.bench import pointer, sway
from benchmarks.dialects import OURS
from benchmarks.loop import run
from benchmarks.participant import Participant
from benchmarks.targets import Target
from benchmarks.wire import text_frame

Message = Callable[[int, int], bytes]
"""Gets the number of a person, and how often they have sent something; returns the next message."""


class Crowd:
    """The process, inside a ``with`` block; it shares the server's cores.

    Args:
        target: the server.
        components: how many it puts on the bench.
        sources: 1 for a laser among them.
    """

    def __init__(self, target: Target, components: int, sources: int = 0) -> None:
        self._target = target
        arguments = map(str, (target.port, components, sources))
        self._command = [sys.executable, "-m", "benchmarks.crowd", *arguments]

    def __enter__(self) -> Crowd:
        """Start it, and wait until the bench is in the session."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._process = subprocess.Popen(
            self._command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        if sys.platform.startswith("linux"):
            os.sched_setaffinity(self._process.pid, os.sched_getaffinity(self._target.pid))
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End it."""
        self._process.communicate()

    def drag(self, people: int, hz: float, seconds: float) -> None:
        """Let `people` drag a component each, spread evenly over time."""
        self._send(f"drag {people} {hz} {seconds}\n")
        self._wait()

    def point(self, people: int, hz: float, seconds: float) -> None:
        """Let people move the mouse over the bench, in the same way."""
        self._send(f"point {people} {hz} {seconds}\n")
        self._wait()

    def finish(self) -> None:
        """Wait until they are done."""
        self._send("")
        self._wait()

    def _send(self, line: str) -> None:
        pipe: IO[str] | None = self._process.stdin
        if pipe is not None:
            pipe.write(line)
            pipe.flush()

    def _wait(self) -> None:
        pipe: IO[str] | None = self._process.stdout
        if pipe is None or pipe.readline() != "ready\n":
            raise RuntimeError("The process with the other people has ended.")


async def main(port: int, components: int, sources: int) -> None:
    """Put the bench into the session, and carry out the commands on standard input."""
    target = Target("server", pid=0, port=port, dialect=OURS)
    numbers = count()
    author = Participant(next(numbers))
    await author.connect(target)
    await author.put(components, sources)
    author.close()
    _report_ready()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        what, number, hz, seconds = line.split()
        people = [Participant(next(numbers)) for _ in range(int(number))]
        for person in people:
            await person.connect(target)
        _report_ready()
        await _work(people, {"drag": sway, "point": pointer}[what], float(hz), float(seconds))
        _report_ready()


async def _work(people: list[Participant], message: Message, hz: float, seconds: float) -> None:
    start = perf_counter()
    for round_ in range(round(seconds * hz)):
        for number, person in enumerate(people):
            wait = start + (round_ + number / len(people)) / hz - perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            person.send(text_frame(message(number, round_ + 1)))
            person.read()  # otherwise incoming messages would pile up
    await asyncio.sleep(1)  # their messages are still in flight
    for person in people:
        person.close()


def _report_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run(main(*map(int, sys.argv[1:])))
