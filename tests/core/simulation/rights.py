"""Who may edit: a plain model of the roles that a server assigns, and what clients know of them (ACC, RIGHT).

It shares no code with `optiverse_collab.core`. All records of a simulation lie on the bench, so a commenter
may do no more than a viewer.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

EDITS = ("editor", "owner")


class Heard:
    """What one client knows about its role.

    Attributes:
        role: the last one it received.
        must_ask: it has edits that waited for the right, and has not asked to synchronise since (RIGHT-2).
    """

    def __init__(self) -> None:
        self.role = "owner"
        self.must_ask = self._is_asking = False

    @property
    def may_edit(self) -> bool:
        """Whether its user may edit, as far as it knows."""
        return self.role in EDITS

    def asked(self) -> None:
        """It asks to synchronise."""
        self.must_ask, self._is_asking = False, True

    def synced(self) -> None:
        """That was answered."""
        self._is_asking = False

    def heard(self, text: str, connection_id: str, has_edits: bool) -> None:
        """A message arrived over a connection; `has_edits` if the server has not acknowledged all edits."""
        might = self.may_edit
        if text.startswith('{"type":"connection:ack"'):
            self.role = msgspec.json.decode(text).get("role", "owner")
        elif text.startswith('{"type":"user:role"'):
            said = msgspec.json.decode(text)
            if said["connection_id"] == connection_id:
                self.role = said["role"]
                gained = self.may_edit and not might
                self.must_ask = self.must_ask or (gained and has_edits and not self._is_asking)


def denies(text: str, pending: Collection[int]) -> bool:
    """Whether a message says of a pending change that its author had no right to it (RIGHT-3)."""
    if '"reason":"not_allowed"' not in text or not text.startswith('{"type":"patch"'):
        return False
    acks = msgspec.json.decode(text).get("acks", ())
    return any(ack.get("reason") == "not_allowed" and ack["client_clock"] in pending for ack in acks)


class Given:
    """The roles that a server assigns, one for each client, whatever its connection.

    Attributes:
        denied: (client_id, client_clock) of the changes that were not allowed when they came last.
    """

    def __init__(self) -> None:
        self._roles: dict[str, str] = {}
        self._barred: set[str] = set()
        self.denied: set[tuple[str, int]] = set()

    def give(self, grant: str, role: str) -> None:
        """A client's role changes."""
        self._roles[grant] = role

    def role(self, grant: str) -> str:
        """The role of a client."""
        return self._roles.get(grant, "owner")

    def may_edit(self, grant: str) -> bool:
        """Whether a client's changes take effect."""
        return self.role(grant) in EDITS

    def asked(self, connection_id: str) -> None:
        """A connection synchronises: its changes are checked again (ACC-8)."""
        self._barred.discard(connection_id)

    def decides(self, grant: str, connection_id: str, keys: Collection[tuple[str, int]]) -> None:
        """Changes of a connection come; whatever becomes of them now, they need no right if it has that."""
        if not self.may_edit(grant):
            self._barred.add(connection_id)
        if connection_id not in self._barred:
            self.denied.difference_update(keys)

    def answered(self, client_id: str, client_clock: int, reason: str) -> None:
        """The server reports the outcome of a change to a client."""
        if reason == "not_allowed":
            self.denied.add((client_id, client_clock))
