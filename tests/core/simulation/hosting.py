"""Whose editor runs the server, as far as a client knows: a plain model of PRES-6 and CONN-8.

It shares no code with `optiverse_collab.core.client`, except for the names of what happens.
"""

from __future__ import annotations

from typing import Any

import msgspec

from optiverse_collab.core.client.failures import Failure, FailureKind
from tests.core.simulation.truth import Broken

_ABOUT_OTHERS = tuple(
    f'{{"type":"{kind}"' for kind in ("connection:ack", "user:joined", "user:left", "presence")
)


class Hosting:
    """What one client knows.

    Attributes:
        name: the host's name for it; empty if it knows of none.
    """

    def __init__(self) -> None:
        self.name = ""
        self._mine: set[str] = set()
        self._names: dict[str, str] = {}
        self._hosts: set[str] = set()
        self._gone = ""

    def heard(self, text: str, name: str) -> None:
        """A message came, and since then the client calls the host `name`.

        Raises:
            Broken: that isn't who hosts.
        """
        if text.startswith(_ABOUT_OTHERS):
            self._take(msgspec.json.decode(text))
        allowed = {self._names[id] for id in self._hosts} or {self._gone}
        if name not in allowed:
            raise Broken(f"PRES-6: {name!r} hosts, it seems, and it should be one of {allowed}")
        self.name = name

    def judge(self, failure: Failure) -> Failure:
        """The required report of a failure (CONN-8)."""
        going_away = failure.kind is FailureKind.CLOSED and failure.number == 1001
        if self.name and (going_away or failure.kind is FailureKind.REFUSED):
            return Failure(FailureKind.HOST_LEFT, detail=self.name)
        return failure

    def _take(self, message: dict[str, Any]) -> None:
        kind, id = message["type"], message.get("connection_id", "")
        if kind == "connection:ack":
            self._mine.add(id)
            self._names = {user["connection_id"]: user["user_id"] for user in message["users"]}
            self._hosts.clear()
            self._gone = ""
        elif kind == "user:joined":
            self._names[id] = message["user_id"]
        elif kind == "user:left":
            if id in self._hosts:
                self._hosts.remove(id)
                self._gone = self._names[id]
        else:
            self._see(message["participants"], message.get("full", False))

    def _see(self, states: dict[str, dict[str, Any]], is_all: bool) -> None:
        """Presence arrived: somebody who removes `hosts` is no longer the host, and nobody takes their
        place."""
        says = {id: state["hosts"] is True for id, state in states.items() if "hosts" in state}
        hosts = {id for id, is_host in says.items() if is_host} - self._mine
        still = set() if is_all else self._hosts - says.keys()
        if hosts or not self._hosts <= still:
            self._gone = ""
        self._hosts = hosts | still
