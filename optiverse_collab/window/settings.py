"""Settings that are remembered between runs, in Qt's INI file."""

from __future__ import annotations

import platform
import secrets
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from PyQt6.QtCore import QCoreApplication, QObject, QSettings, Qt, pyqtSignal

from optiverse_collab.core.client.people import COLOURS, Introduction
from optiverse_collab.core.text import printable
from optiverse_collab.manifest import SettingsTable

MOST_DECLINED = 200
"""How many people are remembered; the oldest are dropped first."""

MOST_MUTED = 100
"""How many of the muted people are remembered."""

MUTED, DECLINED = "muted", "declined"


class Choice(str, Enum):
    """Choices of a user, all off at first."""

    QUIET = "quiet"
    """No notices but those of conflicts."""
    HIDE_CURSOR = "hide_cursor"
    """Others don't see where the user points."""
    HIDE_OTHERS = "hide_others"
    """The user doesn't see where others point."""
    REDUCE_MOTION = "reduce_motion"
    """Nothing over the bench is animated."""
    HIDE_ACTIVITY = "hide_activity"
    """Others only see that the user is there, and what they edit."""


class RecentSession(NamedTuple):
    """A session that was joined before.

    Attributes:
        server: the server's address, with ``#pin=…`` if its key is known.
        session: the session's name.
    """

    server: str
    session: str


class _News(QObject):
    """Announces a change in one window to all windows of the program; a child of the program.

    Signals:
        changed: the name of a value.
    """

    changed = pyqtSignal(str)


class Settings(QObject):
    """The last values of the connect dialog, and the user's choices; the manifest has the defaults.

    A damaged value counts as missing.

    Signals:
        changed: the name of a value, whichever window of this program changed it.
    """

    changed = pyqtSignal(str)

    def __init__(self, defaults: SettingsTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._defaults = defaults
        scope = QSettings.Scope.UserScope
        self._store = QSettings(
            QSettings.Format.IniFormat, scope, "optiverse-collab", "optiverse-collab", self
        )
        program = QCoreApplication.instance() or self
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        self._news = program.findChild(_News, options=direct) or _News(program)
        self._news.changed.connect(self.changed)

    def close(self) -> None:
        """The window closes: `changed` no longer reports other windows."""
        self._news.changed.disconnect(self.changed)

    @property
    def server_url(self) -> str:
        """The address of the server that was joined last, with ``#pin=…`` if its key is known."""
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
    def introduction(self) -> Introduction:
        """This user's identity for others: a permanent random id, and their preferred colour."""
        person, colour = self._text("person", ""), self._text("colour", "")
        if not person:
            person = secrets.token_hex(8)
            self._set("person", person)
        if not (colour.isascii() and colour.isdigit() and int(colour) < COLOURS):
            colour = str(sum(person.encode()) % COLOURS)
        return Introduction(person, int(colour))

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

    def has_chosen(self, choice: Choice) -> bool:
        """Whether this choice is on."""
        return self._text(choice.value, "") == "yes"

    def choose(self, choice: Choice, wanted: bool) -> None:
        """Turn this choice on or off."""
        self._set(choice.value, "yes" if wanted else "no")

    def chord(self, key: str, default: str) -> str:
        """The key chord of a menu entry; empty for none."""
        found = self._store.value(chord_key(key), default)
        return found if isinstance(found, str) else default

    def set_chord(self, key: str, text: str) -> None:
        """Remember the chord of a menu entry."""
        self._set(chord_key(key), text)

    @property
    def muted(self) -> dict[str, str]:
        """People whose pointing is hidden: id of the person → name."""
        lines = (line.partition("\t") for line in self._text(MUTED, "").split("\n"))
        return {person: name for person, tab, name in lines if person and tab}

    @muted.setter
    def muted(self, people: Mapping[str, str]) -> None:
        lines = [
            f"{person}\t{printable(name)}" for person, name in people.items() if person == printable(person)
        ]
        self._set(MUTED, "\n".join(lines[-MOST_MUTED:]))

    @property
    def declined(self) -> list[str]:
        """Marks of declined followers; see `window.followers`."""
        return self._text(DECLINED, "").splitlines()

    @declined.setter
    def declined(self, people: list[str]) -> None:
        self._set(DECLINED, "\n".join(people[-MOST_DECLINED:]))

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
        self._set("server_url", server)
        self._set("session", session)
        self._set("user", user)
        this = RecentSession(server, session)
        recent = [this, *(known for known in self.recent if known != this)]
        lines = ["\t".join(known) for known in recent if not set("\t\r\n") & set("".join(known))]
        self._set("recent", "\n".join(lines[: self._defaults.recent_sessions]))

    def remember_server(self, port: int, listen: str, user: str) -> None:
        """A session was hosted."""
        self._set("user", user)
        self._set("port", str(port))
        self._set("listen", listen)

    def _set(self, key: str, value: str) -> None:
        self._store.setValue(key, value)
        self._news.changed.emit(key)

    def _text(self, key: str, default: str) -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) and value else default


def chord_key(id: str) -> str:
    """The name of the value that has the chord of a menu entry."""
    return f"chord_{id}"
