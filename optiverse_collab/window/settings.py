"""What is remembered from one start to the next, in an INI file where Qt keeps them."""

from __future__ import annotations

import platform
from typing import NamedTuple

from PyQt6.QtCore import QObject, QSettings

from optiverse_collab.manifest import SettingsTable


class RecentSession(NamedTuple):
    """A session that was joined before."""

    server: str
    session: str


class Settings(QObject):
    """The last values of the connect dialog; the manifest has the first ones.

    A value that is damaged counts as not there.
    """

    def __init__(self, defaults: SettingsTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._defaults = defaults
        scope = QSettings.Scope.UserScope
        self._store = QSettings(
            QSettings.Format.IniFormat, scope, "optiverse-collab", "optiverse-collab", self
        )

    @property
    def server_url(self) -> str:
        """The server that was joined last."""
        return self._text("server_url", self._defaults.server_url)

    @property
    def session(self) -> str:
        """The session that was joined last."""
        return self._text("session", self._defaults.session)

    @property
    def user(self) -> str:
        """The user's name; at first that of this computer."""
        return self._text("user", platform.node() or "user")

    @property
    def port(self) -> int:
        """The port on which a server was started last."""
        text = self._text("port", "")
        number = int(text) if text.isascii() and text.isdigit() else 0
        return number if 1 <= number <= 65535 else self._defaults.port

    @property
    def listen(self) -> str:
        """The address on which a server was started last."""
        return self._text("listen", self._defaults.listen)

    @property
    def quiet(self) -> bool:
        """Whether only conflicts are noticed on the bench."""
        return self._text("quiet", "") == "yes"

    @quiet.setter
    def quiet(self, quiet: bool) -> None:
        self._store.setValue("quiet", "yes" if quiet else "no")

    @property
    def recent(self) -> list[RecentSession]:
        """The sessions that were joined, the last one first."""
        found = []
        for line in self._text("recent", "").splitlines():
            server, tab, session = line.partition("\t")
            if server and tab and session:
                found.append(RecentSession(server, session))
        return found

    def remember_join(self, server: str, session: str, user: str) -> None:
        """A session was joined."""
        self._store.setValue("server_url", server)
        self._store.setValue("session", session)
        self._store.setValue("user", user)
        this = RecentSession(server, session)
        recent = [this, *(known for known in self.recent if known != this)]
        lines = ["\t".join(known) for known in recent if not set("\t\r\n") & set("".join(known))]
        self._store.setValue("recent", "\n".join(lines[: self._defaults.recent_sessions]))

    def remember_server(self, port: int, listen: str, user: str) -> None:
        """A session was hosted."""
        self._store.setValue("user", user)
        self._store.setValue("port", str(port))
        self._store.setValue("listen", listen)

    def _text(self, key: str, default: str) -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) and value else default
