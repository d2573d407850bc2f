"""``optiverse-collab-server``: the command."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import io
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from optiverse_collab.core.text import printable
from optiverse_collab.errors import StorageError
from optiverse_collab_server import __version__
from optiverse_collab_server.app import running
from optiverse_collab_server.logs import set_up
from optiverse_collab_server.storage import Retention, SqliteStore
from optiverse_collab_server.storage.check import check_folder

log = logging.getLogger("optiverse_collab_server")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server until it is told to stop, or check what it keeps.

    Returns:
        The exit code: 0 after SIGINT or SIGTERM, or if a check found no fault; 1 if the server could not
        start, or if the check found one.
    """
    options = _parser().parse_args(arguments)
    set_up(options.debug)
    os.umask(0o077)  # what is kept here is the participants', and nobody else's on this machine
    try:
        data = options.data or _default_folder()
        if options.action == "check":
            return _check(data)
        keep_bytes = None if options.keep_mb is None else options.keep_mb * 1_000_000
        _run(_serve(options.host, options.port, data, Retention(options.keep_days, keep_bytes)))
    except StorageError as error:
        log.error("%s", error)
        return 1
    except OSError as error:
        log.error("%s", _explain(error, options.host, options.port))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="optiverse-collab-server", description="Keep Optiverse benches that several people edit at once."
    )
    parser.add_argument(
        "action",
        nargs="?",
        choices=["check"],
        help="read all that is kept in the folder and report what doesn't fit, instead of serving it",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8765, help="port to listen on (default: %(default)s)")
    parser.add_argument("--debug", action="store_true", help="log the traffic too")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder in which sessions are kept (default: in the data folder of this user)",
    )
    parser.add_argument(
        "--keep-days", type=_count, metavar="N", help="drop history that is older (default: keep all)"
    )
    parser.add_argument(
        "--keep-mb",
        type=_count,
        metavar="N",
        help="drop a session's oldest history when there is more of it (default: keep all)",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _default_folder() -> Path:
    try:
        return user_data_path("optiverse-collab") / "server"
    except (KeyError, RuntimeError) as error:  # a service, or a container, without a home
        raise StorageError(
            "This user has no home folder; say with --data in which folder sessions are kept."
        ) from error


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 0 to 65535")
    return port


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number; give 0 or more")
    return int(text)


def _check(data: Path) -> int:
    """Print a line for each session."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name may have what the terminal lacks
    whole = True
    for report in check_folder(data):
        verdict = "damaged: " + "; ".join(report.faults) if report.faults else "whole"
        sys.stdout.write(
            f"{printable(report.session_id)}: change {report.clock}, {report.entries} entries in "
            f"{report.chunks} chunk(s), {report.bytes / 1e6:.1f} MB, {verdict}\n"
        )
        whole = whole and not report.faults
    return 0 if whole else 1


async def _serve(host: str, port: int, data: Path, retention: Retention) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            continue  # a job in the background is not meant by Ctrl+C
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    async with running(SqliteStore(data, retention), host, port) as server:
        shown = server.sockets[0].getsockname()[1] if port == 0 else port
        log.info("Starting Optiverse Collaboration Server on %s:%d", host, shown)
        log.info("Sessions are kept in %s", data)
        log.info("Press Ctrl+C to stop")
        await stop.wait()
        log.info("Stopping: no new connections, everything is being stored")
    log.info("Stopped")


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop where there is one; it halves the cost of a broadcast."""
    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.run(main)
        return
    asyncio.run(main)


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use; stop the other server or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be opened by this user; choose one above 1023 with --port."
    return f"The server can't listen on {host}:{port}: {error}. Check --host and --port."
