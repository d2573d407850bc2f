"""A server process that requires an invite from everybody, and an owner who manages access from a window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.access_effects import GrantsArrived, InviteMade
from optiverse_collab.core.protocol.access import Grant
from optiverse_collab.core.protocol.address import invite_link, parse_address
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab_server.access.owner_link import FILE_NAME
from tests.helpers.server_process import ServerProcess

E = TypeVar("E")

SOON = 10_000  # ms


class GuardedServer:
    """The server, and the link of its owner.

    Attributes:
        process: the server process.
    """

    def __init__(self, process: ServerProcess, data: Path) -> None:
        self.process = process
        self._data = data

    def owner_link(self, session: str) -> str:
        """The link with which the owner joins a session."""
        self.process.until_says("The owner's link is in")
        token = parse_address((self._data / FILE_NAME).read_text("utf-8").strip()).token
        return invite_link(self.process.url, session, token)


@contextmanager
def guarded_server(data: Path) -> Iterator[GuardedServer]:
    """A server that requires an invite even from users of this machine."""
    with ServerProcess(data, "--auth", "local") as process:
        yield GuardedServer(process, data)


class Owner:
    """An owner's window, as far as access is concerned.

    Args:
        service: the window's service, which is in the session.
        url: the server's address.
        session: the session's name.

    Attributes:
        url: as given.
    """

    def __init__(self, qtbot: QtBot, service: CollaborationService, url: str, session: str) -> None:
        self._qtbot, self._service, self.url, self._session = qtbot, service, url, session
        self._heard: list[fx.SessionEffect] = []
        service.happened.connect(self._heard.append)

    def invite(self, role: Role, expires_s: int = 0, knock: bool = False) -> str:
        """Make a new link."""
        assert self._service.session is not None
        self._service.session.access.invite(role, role.value, expires_s, knock=knock)
        made = self._until(InviteMade)
        return invite_link(self.url, self._session, made.token)

    def grants(self) -> list[Grant]:
        """Everybody who has access."""
        assert self._service.session is not None
        self._service.session.access.ask_all()
        return [*self._until(GrantsArrived).grants]

    def give(self, name: str, role: Role) -> None:
        """Give another role to the device of the person with this name."""
        [grant] = [one for one in self.grants() if one.label == name]
        assert self._service.session is not None
        self._service.session.access.change(grant.id, role)
        self._until(GrantsArrived)

    def _until(self, kind: type[E]) -> E:
        """Wait for the next effect of a kind."""
        self._heard.clear()
        self._service.wake()

        def found() -> list[E]:
            return [one for one in self._heard if isinstance(one, kind)]

        self._qtbot.waitUntil(lambda: bool(found()), timeout=SOON)
        return found()[0]
