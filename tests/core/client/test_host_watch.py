"""Whose editor runs the server, and how this explains a failure (PRES-6, CONN-8)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.host_watch import HOSTS, HostWatch
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import PresencePatch, UserJoined, UserLeft
from optiverse_collab.core.protocol.participants import Participant
from tests.core.client.connecting import BROKEN, REFUSED, RESTARTING, Participation
from tests.helpers.wire import Peer, Wire

CLOSED = Failure(FailureKind.HOST_LEFT, detail="ann")


@pytest.fixture
def hosted(wire: Wire, ann: Peer, bob: Peer) -> Peer:
    """Ann hosts, and Bob knows it."""
    ann.session.show({HOSTS: True, "cursor": [1, 2]})
    wire.settle()
    return bob


def test_guests_know_who_hosts_and_the_host_does_not_count(wire: Wire, ann: Peer, hosted: Peer) -> None:
    """PRES-6."""
    late = Peer("late")
    wire.connect(late)
    wire.settle()
    assert [peer.session.host.name for peer in (hosted, late, ann)] == ["ann", "ann", ""]


def test_a_server_that_goes_away_was_the_hosts_editor(wire: Wire, ann: Peer, hosted: Peer) -> None:
    """CONN-8: even if the host's connection ended just before."""
    wire.lose(ann)
    wire.settle()
    judge = hosted.session.host.judge
    assert [judge(RESTARTING), judge(REFUSED)] == [CLOSED, CLOSED]
    for other in (BROKEN, Failure(FailureKind.UNREACHABLE), Failure(FailureKind.CLOSED, 4409)):
        assert judge(other) == other


def test_a_server_that_goes_on_without_its_host_is_nobodys(wire: Wire, ann: Peer, hosted: Peer) -> None:
    """PRES-6: Ann withdraws her claim, and this is sent even if she leaves at once."""
    ann.session.show({HOSTS: None})
    ann.do(ann.session.flush(wire.now_ms))
    wire.settle()
    wire.lose(ann)
    assert hosted.session.host.name == ""
    assert hosted.session.host.judge(RESTARTING) == RESTARTING


def test_my_own_former_connection_is_nobody_elses(wire: Wire, ann: Peer, hosted: Peer) -> None:
    """PRES-6: Ann is back before the server noticed that her connection was lost."""
    wire.lose(ann, noticed=False)
    wire.connect(ann)
    assert [peer.session.host.name for peer in (hosted, ann)] == ["ann", ""]


def test_an_id_that_was_mine_on_another_server_is_somebody_elses() -> None:
    """PRES-6: a restarted server numbers its connections from one again."""
    watch = HostWatch()
    states = {"c1": {HOSTS: True}}
    me, later = Participant("bob", "c1", "10:00"), Participant("bob", "c2", "10:05")
    watch.connected(me, [me])
    watch.connected(later, [me, later])
    watch.look({"c1": me, "c2": later}, states)
    assert watch.name == ""
    ann = Participant("ann", "c1", "11:00")
    watch.connected(later, [ann, later])
    watch.look({"c1": ann, "c2": later}, states)
    assert watch.name == "ann"


def test_a_host_is_called_by_the_latest_name(synced: Participation) -> None:
    """PRES-6, MSG-2."""
    synced.hears(encode(UserJoined("ann (2)", "c9", "")))
    synced.hears(encode(PresencePatch({"c9": {HOSTS: True}})))
    synced.hears(encode(UserJoined("ann", "c9", "")))
    synced.fails(RESTARTING)
    outage = synced.outage()
    assert outage is not None
    assert outage.cause == CLOSED


def test_whoever_hosts_when_another_host_leaves(wire: Wire, ann: Peer, hosted: Peer) -> None:
    """CONN-8: the presence of a participant counts more than that of somebody who left."""
    eve = Peer("eve")
    wire.connect(eve)
    eve.session.show({HOSTS: True})
    wire.settle()
    wire.lose(ann)
    wire.settle()
    assert hosted.session.host.name == "eve"


def test_what_is_not_true_is_no_host(wire: Wire, ann: Peer, bob: Peer) -> None:
    ann.session.show({HOSTS: "yes"})
    wire.settle()
    assert bob.session.host.name == ""


def test_another_connection_may_lead_to_another_server(wire: Wire, hosted: Peer, ann: Peer) -> None:
    """CONN-8."""
    wire.lose(ann)
    wire.lose(hosted)
    wire.connect(hosted)
    wire.settle()
    assert hosted.session.host.name == ""


def test_an_outage_says_that_the_host_left_and_attempts_go_on(synced: Participation) -> None:
    """CONN-8."""
    synced.hears(encode(UserJoined("ann", "c9", "")))
    synced.hears(encode(PresencePatch({"c9": {HOSTS: True}})))
    synced.hears(encode(UserLeft("ann", "c9", "")))
    synced.fails(RESTARTING)
    assert synced.shows(ConnectionState.RECONNECTING)
    synced.waits()
    synced.fails(REFUSED)
    outage = synced.outage()
    assert outage is not None
    assert (outage.cause, outage.latest) == (CLOSED, CLOSED)
    synced.synchronise()
    synced.fails(REFUSED)
    outage = synced.outage()
    assert outage is not None
    assert outage.latest == REFUSED
