"""All faults of a connection, and everything that a user may be doing at that time."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import NamedTuple, Protocol

from tests.helpers.proxy import Proxy
from tests.helpers.server_process import ServerProcess

SLOW_CLOSE_S = 6.0


class Phase(str, Enum):
    """What the user is doing when the network fails."""

    CONNECTING = "connecting"
    JOINING = "joining"
    IDLE = "idle"
    DRAGGING = "dragging"
    PUSHING = "pushing"
    CLOSING = "closing"


class Line(Protocol):
    """The network and the server that a fault affects."""

    @property
    def network(self) -> Proxy:
        """The network between a client and the server."""

    @property
    def server(self) -> ServerProcess:
        """The server."""


class Fault(NamedTuple):
    """A fault of the connection.

    Attributes:
        name: its name in the table.
        what: its description in the table's legend.
        breaks: whether the connection is lost, and the user must see it; otherwise it must hold.
        begin, end: start and end it.
        silent: whether the loss must be inferred, because nothing reports it.
        passes: whether new connections work at once.
    """

    name: str
    what: str
    breaks: bool
    begin: Callable[[Line], Awaitable[None]]
    end: Callable[[Line], Awaitable[None]]
    silent: bool = False
    passes: bool = False


async def _clear(line: Line) -> None:
    """A network without any fault."""
    network = line.network
    network.up, network.answer = True, None
    for way in (network.to_server, network.to_client):
        way.delay_s = way.jitter_s = way.bytes_per_s = way.close_delay_s = 0.0
        way.piece_bytes = 0
    network.resume()


async def _latency(line: Line) -> None:
    for way in (line.network.to_server, line.network.to_client):
        way.delay_s = 0.3


async def _jitter(line: Line) -> None:
    for way in (line.network.to_server, line.network.to_client):
        way.delay_s, way.jitter_s = 0.3, 0.1


async def _bandwidth(line: Line) -> None:
    for way in (line.network.to_server, line.network.to_client):
        way.bytes_per_s = 8_000


async def _split(line: Line) -> None:
    for way in (line.network.to_server, line.network.to_client):
        way.piece_bytes = 7


async def _cut(line: Line) -> None:
    line.network.up, line.network.answer = False, b""
    line.network.cut(reset=False)


async def _reset(line: Line) -> None:
    line.network.up = False
    line.network.cut()


async def _forget(line: Line) -> None:
    line.network.forget()


async def _silence(line: Line) -> None:
    line.network.stall()


async def _silence_up(line: Line) -> None:
    line.network.to_server.flowing.clear()


async def _silence_down(line: Line) -> None:
    line.network.to_client.flowing.clear()


async def _slow_close(line: Line) -> None:
    """The server closes properly, with a close frame; the TCP connection ends late."""
    line.network.to_client.close_delay_s = SLOW_CLOSE_S
    line.network.up = False
    line.server.send(signal.SIGTERM)
    await asyncio.to_thread(line.server.wait)


async def _kill(line: Line) -> None:
    line.server.kill()


async def _server_back(line: Line) -> None:
    await asyncio.to_thread(line.server.start)
    await _clear(line)


FAULTS = (
    Fault("latency", "every byte takes 300 ms each way", False, _latency, _clear),
    Fault("jitter", "every byte takes 200 to 400 ms each way", False, _jitter, _clear),
    Fault("bandwidth", "64 kbit/s each way, 64 KiB of buffer", False, _bandwidth, _clear),
    Fault("byte split", "every write arrives in pieces of at most 7 bytes", False, _split, _clear),
    Fault("cut", "the connection ends (FIN), and so does every new one", True, _cut, _clear),
    Fault("RST", "the connection is reset, and so is every new one", True, _reset, _clear),
    Fault(
        "half-open",
        "the network forgets the connection; the next message gets a reset, and new connections work",
        True, _forget, _clear, silent=True, passes=True,
    ),
    Fault(
        "silence",
        "nothing passes in either direction, without an error",
        True, _silence, _clear, silent=True,
    ),
    Fault(
        "silence up",
        "nothing reaches the server, without an error",
        True, _silence_up, _clear, silent=True,
    ),
    Fault(
        "silence down",
        "nothing reaches the client, without an error",
        True, _silence_down, _clear, silent=True,
    ),
    Fault(
        "slow close",
        f"the server stops and announces it; the connection ends {SLOW_CLOSE_S:.0f} s later; it comes back "
        "on the same port",
        True, _slow_close, _server_back,
    ),
    Fault("kill -9", "the server is killed, and starts again", True, _kill, _server_back),
)  # fmt: skip


class Cell(NamedTuple):
    """A field of the table."""

    fault: Fault
    phase: Phase

    @property
    def told_within_s(self) -> float:
        """The deadline for the user to learn of the loss (HB-3), in s; short if the loss is visible."""
        if not self.fault.silent:
            return 2.0
        if self.phase is Phase.CONNECTING:
            return 12.0  # CONN-1, and the delay of the bar
        return 12.0 if self.phase in (Phase.DRAGGING, Phase.PUSHING) else 25.0

    def __str__(self) -> str:
        return f"{self.fault.name}, {self.phase.value}"


CELLS = tuple(
    Cell(fault, phase)
    for fault in FAULTS
    for phase in Phase
    if not (fault.passes and phase is Phase.CONNECTING)  # there is no connection to lose
)


def cell(fault: str, phase: Phase) -> Cell:
    """The cell of a fault and a phase."""
    return next(one for one in CELLS if one.fault.name == fault and one.phase is phase)
