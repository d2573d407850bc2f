"""The compared servers: their packages, and how they are installed and started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from benchmarks.dialects import OURS, PLAIN, Dialect
from benchmarks.peers.dialects import Hocuspocus, Tldraw, Yjs
from benchmarks.targets import Target, process, relay, server

HERE = Path(__file__).parent

INSTALL_SECONDS = 300
"""How long npm or uv may take for one peer."""


class Keeps(Enum):
    """What a server keeps of the session; its value is for the table."""

    DISK = "the bench, on disk"
    MEMORY = "the bench, in memory"
    NOTHING = "nothing"


class NotInstalledError(Exception):
    """A peer can't be had on this machine; the text says why."""


@dataclass(frozen=True)
class Peer:
    """A server in the comparison.

    Attributes:
        key: its name in commands and files.
        title: its name in tables.
        keeps: what it keeps of the session, in the set-up that its documentation begins with.
        dialect: what participants say to it.
        differs: what it does differently from ours: the reason for a row that ours loses.
        launcher: the file here that starts it; "" for what this project has.
        packages: what the launcher needs, with versions, from the index of its language.
    """

    key: str
    title: str
    keeps: Keeps
    dialect: Dialect
    differs: str = ""
    launcher: str = ""
    packages: tuple[str, ...] = ()

    def install(self, folder: Path) -> None:
        """Install its packages into `folder`, unless they are there.

        Raises:
            NotInstalledError: it can't be had.
        """
        wanted = "\n".join(self.packages)
        own, done = folder / self.key, folder / self.key / "installed.txt"
        if not self.packages or (done.exists() and done.read_text() == wanted):
            return
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir(parents=True)
        for command in self._installers(own):
            _run(command)
        done.write_text(wanted)

    def start(self, folder: Path) -> AbstractContextManager[Target]:
        """Start it in its default set-up, after `install`."""
        if not self.launcher:
            return server() if self.keeps is Keeps.DISK else relay()
        own = folder / self.key
        script = shutil.copy(HERE / self.launcher, own)  # Node looks for packages beside the script
        program = ["node"] if self._is_node else [str(_python(own)), "-I"]
        return process(self.key, [*program, str(script)], self.dialect)

    @property
    def _is_node(self) -> bool:
        return self.launcher.endswith(".mjs")

    def _installers(self, own: Path) -> list[list[str]]:
        if self._is_node:
            _find("node")
            quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
            return [[_find("npm"), "install", "--prefix", str(own), *quiet, *self.packages]]
        uv = os.environ.get("UV") or _find("uv")  # `uv run` names itself
        environment = own / "env"
        return [
            [uv, "venv", "--quiet", "--python", sys.executable, str(environment)],
            [uv, "pip", "install", "--quiet", "--python", str(_python(own)), *self.packages],
        ]


def _python(own: Path) -> Path:
    return own / "env" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _find(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise NotInstalledError(f"{program} is not installed")
    return found


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise NotInstalledError(f"{Path(command[0]).name} took more than {INSTALL_SECONDS} s") from None
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "it didn't say why").splitlines()[-1]
        raise NotInstalledError(f"{Path(command[0]).name} failed: {last}")


_WS, _YJS, _Y_PROTOCOLS = "ws@8.23.0", "yjs@13.6.33", "y-protocols@1.0.7"
_RELAYS = "They keep no bench: they check and order nothing, and a newcomer gets nothing"
_YJS_SERVERS = "Their updates are binary and a third as long as our JSON, and a crash loses the bench"

PEERS = (
    Peer("ours", "optiverse-collab-server", Keeps.DISK, OURS),
    Peer(
        "tldraw",
        "tldraw sync-core 5.4.2",
        Keeps.MEMORY,
        Tldraw(),
        "A crash loses the bench",
        "tldraw.mjs",
        ("@tldraw/sync-core@5.4.2", "@tldraw/store@5.4.2", _WS, "react@19.2.1", "react-dom@19.2.1"),
    ),
    Peer(
        "hocuspocus",
        "Hocuspocus 4.7.0",
        Keeps.MEMORY,
        Hocuspocus(),
        _YJS_SERVERS,
        "hocuspocus.mjs",
        ("@hocuspocus/server@4.7.0", _YJS, _Y_PROTOCOLS),
    ),
    Peer(
        "y-websocket",
        "@y/websocket-server 0.1.1",
        Keeps.MEMORY,
        Yjs(),
        _YJS_SERVERS,
        "y_websocket.mjs",
        ("@y/websocket-server@0.1.1", _YJS, _Y_PROTOCOLS, _WS),
    ),
    Peer(
        "pycrdt-websocket",
        "pycrdt-websocket 0.16.5",
        Keeps.MEMORY,
        Yjs(),
        _YJS_SERVERS,
        "pycrdt_websocket.py",
        ("pycrdt-websocket==0.16.5", "pycrdt==0.14.13", "uvicorn[standard]==0.38.0"),
    ),
    Peer("relay-node", "bare relay, Node ws 8.23.0", Keeps.NOTHING, PLAIN, _RELAYS, "relay.mjs", (_WS,)),
    Peer("relay-python", "bare relay, websockets and uvloop", Keeps.NOTHING, PLAIN, _RELAYS),
)
