"""Participants' last presence, which the others must have received before they learn that these left
(PRES-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.messages import UserLeft
from tests.core.simulation.truth import Broken
from tests.core.simulation.wire import Connection

_LEFT, _PRESENCE = '{"type":"user:left"', '{"type":"presence"'


class Attendance:
    """The presence of all connections so far, as the server received it."""

    def __init__(self) -> None:
        self._shown: dict[str, dict[str, Any]] = {}
        self._last: dict[str, dict[str, Any]] = {}

    def changed(self, id: str, state: Mapping[str, Any]) -> None:
        """The server received a participant's change."""
        shown = {**self._shown.get(id, {}), **state}
        self._shown[id] = {key: value for key, value in shown.items() if value is not None}

    def said(self, message: Message) -> None:
        """The server sends something to participants."""
        if isinstance(message, UserLeft):
            id = message.connection_id
            self._last[id] = self._shown.pop(id, {})

    def check(self, connection: Connection, text: str, heard: Mapping[str, Mapping[str, Any]]) -> None:
        """A message is about to reach a client, which has received this much of the others' presence.

        Raises:
            Broken: it receives its own, or somebody left, and it has not received their last presence.
        """
        if text.startswith(_PRESENCE) and connection.id in msgspec.json.decode(text)["participants"]:
            raise Broken(f"PRES-17: {connection.id} hears of its own presence: {text}")
        if text.startswith(_LEFT):
            id = msgspec.json.decode(text)["connection_id"]
            found, last = heard.get(id, {}), self._last[id]
            if found != last and id not in connection.missed:
                raise Broken(
                    f"PRES-4: {id} left and had shown {last}, of which {connection.id} knows {found}"
                )
