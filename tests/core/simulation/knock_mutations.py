"""Possible faults with people who wait outside, which no simulation plays (ACC-12 to ACC-14)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client.access import AccessRequests, Outside
from optiverse_collab.core.client.access_effects import Knocked, KnockOver, WaitsOutside
from optiverse_collab.core.client.connector import Connector, Effect
from optiverse_collab.core.client.effects import SessionEffect
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.access import AccessKnock
from optiverse_collab_server.access import refused_knocks
from optiverse_collab_server.access.refused_knocks import RefusedKnocks
from tests.core.simulation.mutation import Mutations

REQUESTS, CONNECTOR, REFUSED = Mutations(), Mutations(), Mutations()

KNOCK_MUTATIONS = {
    "tests/core/client/test_access.py": REQUESTS,
    "tests/core/client/test_connector_outside.py": CONNECTOR,
    "tests/server/access/test_refused_knocks.py": REFUSED,
}
"""The file of tests that must notice them → the faults."""

_disconnected, _hear, _poll = AccessRequests.disconnected, AccessRequests.hear, SessionClient.poll
_timer_due, _is_again = Connector.timer_due, RefusedKnocks.is_again


@REQUESTS.add("Knocks outlive the connection (ACC-13).", (AccessRequests, "disconnected"))
def knocks_outlive_the_connection(self: AccessRequests) -> None:
    knocks = dict(self.knocks)
    _disconnected(self)
    self.knocks.update(knocks)


@REQUESTS.add("A knock that comes twice is shown twice (ACC-13).", (AccessRequests, "hear"))
def knocks_told_again(self: AccessRequests, message: Outside) -> list[WaitsOutside | Knocked | KnockOver]:
    if isinstance(message, AccessKnock):
        self.knocks.pop(message.knock, None)
    return _hear(self, message)


@CONNECTOR.add("Whoever waits outside sends no heartbeat (ACC-12).", (SessionClient, "poll"))
def no_heartbeat_outside(self: SessionClient, now_ms: float) -> list[SessionEffect]:
    return [] if self.is_outside else _poll(self, now_ms)


@CONNECTOR.add("An owner has no more time than a server (CONN-1).", (Connector, "timer_due"))
def owners_are_late(self: Connector) -> Sequence[Effect]:
    self._patient, patient = False, self._patient
    effects = _timer_due(self)
    self._patient = patient
    return effects


@REFUSED.add("A name that looks the same is another one (ACC-14).", (refused_knocks, "skeleton"))
def names_by_their_letters(name: str) -> str:
    return name


@REFUSED.add("A refusal never ends (ACC-14).", (RefusedKnocks, "is_again"))
def refusals_never_end(self: RefusedKnocks, session: str, address: str, name: str, now_s: float) -> bool:
    return _is_again(self, session, address, name, 0.0)


@REFUSED.add("A proxy on the server's machine counts as one person (ACC-14).", (refused_knocks, "is_own"))
def proxies_are_people(address: str) -> bool:
    return False
