"""The findings of a connection check, step by step. Pure; they contain no secrets of links."""

from __future__ import annotations

from typing import NamedTuple

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.server_name import ServerName
from optiverse_collab.core.text import printable


class Finding(NamedTuple):
    """The finding of a step.

    Attributes:
        subject: the checked part.
        ok: whether it is in order.
        sentence: the finding; if it is not in order, also what to do.
    """

    subject: str
    ok: bool
    sentence: str

    @property
    def line(self) -> str:
        """The finding as a line of text."""
        return f"{'✓' if self.ok else '✗'} {self.subject}: {printable(self.sentence)}"


LIBRARY = "websockets {version}."
QT_HERE = "PyQt6.QtWebSockets can be imported."
QT_BROKEN = (
    "PyQt6.QtWebSockets can't be imported ({why}), and the editor needs it; install PyQt6 again with pip, or "
    "the package python3-pyqt6.qtwebsockets of Debian."
)
NO_QT = "PyQt6 is not installed here. Scripts don't need it; an editor does."
NAME = "{host} is {addresses}."
REACHED = "The port is open; connecting took {ms:.0f} ms."
PLAIN = "The connection is not encrypted."
PINNED = "The connection is encrypted, and the key matches the link."
TRUSTED = "The connection is encrypted, and this system trusts the server's certificate."
ANSWERED = "It answers; one request takes {ms:.0f} ms."
HIDDEN = "It does not say which server it is; a gateway may hide that."
OTHER_VERSION = (
    "It is optiverse-collab-server {version}, which speaks another version of the protocol; "
    "install the same version on both sides."
)
SAME_VERSION = "It is optiverse-collab-server {version}, and speaks the same protocol."
LET_IN = "You can join session '{session}' as '{user}', and may {may}."
NOT_STARTED = "The check can't be started ({why}); run optiverse-collab doctor in a terminal."
SKIPPED = "The later steps were skipped."
SEE_LOGS = (
    "If it still fails, look for WARNING and ERROR in the editor's log, category Collaboration, and in the "
    "server's. Where the server runs, `optiverse-collab-server doctor` looks at its port and addresses. "
    "docs/troubleshooting.md has more to check."
)

MAY = {
    Role.NONE: "do nothing",
    Role.FOLLOWER: "follow",
    Role.VIEWER: "view",
    Role.COMMENTER: "view and comment",
    Role.EDITOR: "edit",
    Role.OWNER: "do everything",
}
"""The rights of each role."""


def of_server(server: ServerName | None) -> Finding:
    """The server's identity, and whether its protocol is ours."""
    if server is None:
        return Finding("version", True, HIDDEN)
    text = SAME_VERSION if server.speaks_ours else OTHER_VERSION
    return Finding("version", server.speaks_ours, text.format(version=server.version))
