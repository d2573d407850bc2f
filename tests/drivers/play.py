"""Plays a `Trace`; all drivers share it."""

from __future__ import annotations

import logging
import re
from abc import ABC, abstractmethod

import pytest

from optiverse_collab.core.client import liveness
from tests.drivers.traces import CUT, EDIT, FALL_SILENT, LEAVE, LISTEN, SPEAK_AGAIN, VANISH, Trace
from tests.helpers.scripted_server import ScriptedServer


class Play(ABC):
    """One trace, played with one driver.

    Attributes:
        lines: the log.
    """

    def __init__(self, trace: Trace, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lines: list[str] = []
        self.place = trace.host or server.place
        self.server_url = f"{trace.scheme}://{self.place}"
        self._server = server
        self._monkeypatch = monkeypatch
        self._steps = list(trace.steps)

    def told(self, expected: str) -> str:
        """A text of a trace, with this server's address filled in."""
        return expected.replace("{url}", f"{self.server_url}/ws/default/ann").replace("{place}", self.place)

    def log(self, level: int, text: str) -> None:
        """Record a line of the log, and take the step that waits for it."""
        text = re.sub("(?s)(?<=noticed at:)\n.*", "", text)
        self.lines.append(f"{logging.getLevelName(level)} {text}")
        if self._steps and text.startswith(self._steps[0][0]):
            self.soon(self._steps.pop(0)[1])

    def do(self, what: str | int) -> None:
        """Take a step of the trace."""
        if isinstance(what, int):
            self._server.close(what)
            return
        {
            CUT: self._server.cut,
            VANISH: self._server.vanish,
            LISTEN: self._server.listen,
            EDIT: self.edit,
            LEAVE: self.leave,
            FALL_SILENT: self._fall_silent,
            SPEAK_AGAIN: self._monkeypatch.undo,
        }[what]()

    def _fall_silent(self) -> None:
        """Make the server's silence count as too long, however short it is."""
        self._monkeypatch.setattr(liveness, "OVERDUE_MS", 0)
        self.wake_up()

    @abstractmethod
    def soon(self, what: str | int) -> None:
        """Call `do` once the driver has finished its current work."""

    @abstractmethod
    def wake_up(self) -> None:
        """Let the machine wake up."""

    @abstractmethod
    def edit(self) -> None:
        """Put a lens with a name."""

    @abstractmethod
    def leave(self) -> None:
        """Leave the session."""
