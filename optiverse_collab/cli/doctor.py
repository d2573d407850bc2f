"""``optiverse-collab doctor``: checks a connection step by step, and says what to do if one fails."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.address import DEFAULT_SERVER, Address, parse_address
from optiverse_collab.drivers.aio.failures import ConnectionEnded
from optiverse_collab.drivers.aio.probes import Prober
from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.wording import diagnosis
from optiverse_collab.wording.connection import sentence
from optiverse_collab.wording.diagnosis import Finding

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands

PATIENCE_S = 10.0
"""How long each step may take."""


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "doctor",
        help="check a connection step by step",
        description="Check a connection step by step, join the session briefly, and say what to do. "
        "The output has no secrets; you can share it.",
    )
    parser.add_argument(
        "server", nargs="?", default=DEFAULT_SERVER, metavar="URL", help="server or invite link (%(default)s)"
    )
    parser.add_argument("--session", help="name of the session (default: the link's)")
    parser.add_argument("--user", metavar="NAME", help="name that others see (default: this machine's)")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> int:
    """Print a line for each step.

    Returns:
        The exit code: 1 if a step failed.

    Raises:
        AddressError: the address is not valid.
    """
    address, fails = parse_address(options.server), 0
    for finding in of_modules():
        write_line(finding.line)
        fails += not finding.ok
    async for finding in of_connection(address, options):
        write_line(finding.line)
        fails += not finding.ok
    write_line(diagnosis.SEE_LOGS)
    return int(fails > 0)


def of_modules() -> Iterator[Finding]:
    """The libraries that a connection needs; only the editor needs Qt."""
    yield Finding("module", True, diagnosis.LIBRARY.format(version=version("websockets")))
    if find_spec("PyQt6") is None:
        yield Finding("module", True, diagnosis.NO_QT)
        return
    try:
        import_module("PyQt6.QtWebSockets")
    except ImportError as error:
        yield Finding("module", False, diagnosis.QT_BROKEN.format(why=error))
    else:
        yield Finding("module", True, diagnosis.QT_HERE)


async def of_connection(address: Address, options: argparse.Namespace) -> AsyncIterator[Finding]:
    """The steps from a name to a session, up to the first failure."""
    subject = "name"
    try:
        async for finding in _steps(address, options):
            subject = _NEXT.get(finding.subject, finding.subject)
            yield finding
            if not finding.ok:
                return
    except ConnectionEnded as ended:
        yield Finding(subject, False, f"{sentence(ended.failure, address.server)} {diagnosis.SKIPPED}")
    except ConnectionFailed as failed:
        yield Finding(subject, False, str(failed))


_NEXT = {"name": "TCP", "TCP": "TLS", "TLS": "HTTP", "HTTP": "HTTP", "version": "session"}
"""Step → the one after it."""


async def _steps(address: Address, options: argparse.Namespace) -> AsyncIterator[Finding]:
    prober = Prober(address, PATIENCE_S)
    host = urlsplit(address.server).hostname
    found = ", ".join(await prober.addresses())
    yield Finding("name", True, diagnosis.NAME.format(host=host, addresses=found))
    yield Finding("TCP", True, diagnosis.REACHED.format(ms=await prober.reach()))
    if prober.is_encrypted:
        await prober.encrypt()
        yield Finding("TLS", True, diagnosis.TRUSTED if address.pin is None else diagnosis.PINNED)
    else:
        yield Finding("TLS", True, diagnosis.PLAIN)
    answer = await prober.ask()
    if answer.status != 200 and answer.server is None:
        raise ConnectionEnded(Failure(FailureKind.HTTP, answer.status))
    yield Finding("HTTP", True, diagnosis.ANSWERED.format(ms=answer.ms))
    yield diagnosis.of_server(answer.server)
    async with connected(options) as bench:
        me = bench.me
    if me is not None:
        may = diagnosis.MAY[me.role]
        yield Finding(
            "session", True, diagnosis.LET_IN.format(session=options.session, user=me.user_id, may=may)
        )
