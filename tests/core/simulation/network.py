"""The network between clients and server: attempts, connections, and everything that can happen to them.

A step that makes no sense at its place does nothing, so any part of a log can be replayed.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from optiverse_collab.core.client.failures import Failure, FailureKind
from tests.core.simulation.client import Client
from tests.core.simulation.server import Server
from tests.core.simulation.truth import Broken
from tests.core.simulation.wire import Connection

_TRIES = 4
"""An attempt begins after no more steps than these: a probe, a wait, joining."""


class Network:
    """Clients, a server, and time.

    Attributes:
        counts: what happened, by name.
        clients: the participants.
        server: the session.
        patient: whether clients repeat their first attempt.
        now_ms: the time, for all of them.
    """

    counts: Counter[str]
    clients: list[Client]
    server: Server
    patient: bool
    now_ms: float
    _connections = 0

    # Attempts

    def connect(self, index: int) -> None:
        """A client connects: its user joins, or its time to wait is over, and the server accepts it."""
        client = self.clients[index]
        if client.foreign:
            return
        for _ in range(_TRIES):
            stand = client.driver.policy.stand
            if stand == "out":
                self.join(index)
            elif stand == "waiting":
                self.timer(index)
            elif stand == "probing":
                self.probe(index, False)
            else:
                self.accept(index)
                return
        raise Broken(f"CONN-2: no attempt begins; client {index} is {client.driver.policy.stand}")

    def join(self, index: int) -> None:
        """A user joins the session."""
        client = self.clients[index]
        if client.driver.policy.stand == "out" and not client.foreign:
            client.join(self.patient, self.now_ms)

    def accept(self, index: int) -> None:
        """The server accepts an attempt, and sends the first message."""
        client = self.clients[index]
        if client.driver.policy.stand == "opening" and client.connection is None:
            self._connections += 1
            connection = Connection(self._connections, client.grant)
            client.driver.accept(connection)
            self.server.join(connection, client.user_id, int(self.now_ms))

    def refuse(self, index: int, kind: str, number: int) -> None:
        """An attempt fails."""
        client = self.clients[index]
        if client.driver.policy.stand == "opening" and client.connection is None:
            client.driver.fail(Failure(FailureKind(kind), number), self.now_ms)

    def greet(self, index: int) -> None:
        """Another server answers an attempt."""
        client = self.clients[index]
        if client.driver.policy.stand == "opening" and client.connection is None:
            wrong = Failure(FailureKind.WRONG_SERVER)
            client.driver.hear('{"type":"hello"}', wrong, self.now_ms)

    def probe(self, index: int, speaks_tls: bool) -> None:
        """A server that broke off answers whether it wants TLS."""
        client = self.clients[index]
        if client.driver.policy.stand == "probing":
            client.driver.probed(speaks_tls, self.now_ms)

    def timer(self, index: int) -> None:
        """Time passes until a client's timer is due."""
        driver = self.clients[index].driver
        if driver.timer_ms is not None:
            self.now_ms = max(self.now_ms, driver.timer_ms)
            driver.timer_due(self.now_ms)

    def hurry(self, index: int) -> None:
        """A user doesn't want to wait for the next attempt."""
        self.clients[index].driver.hurry(self.now_ms)

    # Connections

    def up(self, index: int) -> bool:
        """One message gets to the server; False if there is none."""
        connection = self.clients[index].connection
        if connection is None or not connection.up or not connection.server_open:
            return False
        self.server.receive(connection, int(self.now_ms))
        return True

    def down(self, index: int) -> bool:
        """One message gets to a client, or the end of its connection; False if there is nothing."""
        client = self.clients[index]
        connection = client.connection
        if connection is None:
            return False
        text = connection.next_down()
        if text is not None:
            self.server.attendance.check(connection, text, client.session.presence.states)
            client.receive(text, self.now_ms)
            return True
        if not connection.server_open:
            client.driver.fail(Failure(FailureKind.CLOSED, connection.close_code), self.now_ms)
        return False

    def leave(self, index: int) -> None:
        """A user leaves; sent messages still arrive."""
        self.clients[index].driver.leave(self.now_ms)

    def depart(self, index: int, state: dict[str, Any]) -> None:
        """A user shows something and leaves; the server gets that and the end in one (PRES-4)."""
        client = self.clients[index]
        connection = client.connection
        if connection is not None and connection.server_open:
            client.show(state)
            self.now_ms += 500
            client.poll(self.now_ms)
            client.driver.leave(self.now_ms)
            while connection.up:
                self.server.receive(connection, int(self.now_ms))
            self.counts["presence told with a goodbye"] += self.server.room.has_presence
            client.half_open.remove(connection)
            self.server.leave(connection, int(self.now_ms))

    def cut(self, index: int, kept: int) -> None:
        """A client's connection breaks; the server may still get the first `kept` messages of it."""
        client = self.clients[index]
        if client.connection is not None:
            while len(client.connection.up) > kept:
                client.connection.up.pop()
            client.driver.fail(Failure(FailureKind.CLOSED, 1006), self.now_ms)

    def drop(self, index: int, code: int = 1006) -> None:
        """The server closes a client's connection; the client learns of it later."""
        connection = self.clients[index].connection
        if connection is not None:
            self.server.leave(connection, int(self.now_ms), code)

    def late(self, index: int) -> None:
        """One message of a connection that the client has given up gets to the server."""
        for connection in self.clients[index].half_open:
            if connection.up:
                self.counts["late messages"] += 1
                self.server.receive(connection, int(self.now_ms))
                return

    def notice(self, index: int) -> None:
        """The server notices that a connection was given up."""
        half_open = self.clients[index].half_open
        if half_open:
            self.server.leave(half_open.pop(0), int(self.now_ms))

    def late_news(self, index: int, code: int) -> None:
        """A client's driver gets the end of a dropped connection (CONN-6)."""
        driver = self.clients[index].driver
        if driver.policy.stand in ("probing", "waiting"):
            driver.fail(Failure(FailureKind.CLOSED, code), self.now_ms)

    def away(self, index: int, is_away: bool) -> None:
        """A client is silent for a while, or is back (HB-6)."""
        connection = self.clients[index].connection
        if connection is not None:
            self.server.set_away(connection, is_away)

    def behind(self, index: int) -> None:
        """A client begins to read too slowly for presence, or has caught up."""
        connection = self.clients[index].connection
        if connection is not None:
            if connection.behind:
                self.server.catch_up(connection)
            else:
                connection.behind = True
