"""The members of a room, and the reports about them: MSG-2, ACC-2, ACC-6 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.access import Role
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.access import UserRole
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.messages import SyncRequest, UserAway, UserJoined, UserLeft
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.past import EntriesRequest, PastRequest
from optiverse_collab.core.protocol.positions import ParentPosition
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.records import Put
from optiverse_collab.core.server.effects import Close, Send
from optiverse_collab.core.server.members import Admission, Member, Members, free_name
from tests.core.server.histories import do, make


def members(*names: str) -> list[Member]:
    """The first members."""
    return [Member(name, Participant(name, f"c{number}", "t")) for number, name in enumerate(names)]


def test_free_name_is_as_wanted() -> None:
    assert free_name("ann", []) == "ann"
    assert free_name("ann", members("bob", "anna")) == "ann"


def test_name_that_is_taken_gets_a_number() -> None:
    """MSG-2"""
    assert free_name("ann", members("ann")) == "ann (2)"
    assert free_name("ann", members("ann (2)", "ann")) == "ann (3)"
    assert free_name("ann", members("ann", "ann (3)")) == "ann (2)"


def people(**grants: str) -> Members:
    """Members by name, each with the grant that let them in."""
    members = Members()
    for name, grant in grants.items():
        members.add(f"c-{name}", name, 0, Admission(Role.EDITOR, grant))
    return members


def test_those_who_came_in_with_a_grant_get_its_role() -> None:
    """ACC-2, ACC-6: everybody gets one report."""
    members = people(ann="g1", bob="g2", cid="g1")
    everybody = ("c-ann", "c-bob", "c-cid")
    assert members.set_role("g1", Role.VIEWER) == [
        Send(everybody, UserRole("c-ann", Role.VIEWER)),
        Send(everybody, UserRole("c-cid", Role.VIEWER)),
    ]
    assert [one.role for one in members.participants] == [Role.VIEWER, Role.EDITOR, Role.VIEWER]
    assert members.set_role("g1", Role.VIEWER) == []


def test_a_script_is_known_as_one() -> None:
    """PRES-18: even under another name."""
    members = people(ann="g1")
    told = members.add("c-bot", "bot", 0, Admission(), script=True)
    assert told.message == UserJoined("bot", "c-bot", timestamp(0), script=True)
    assert [one.script for one in members.participants] == [False, True]


def test_removed_grant_closes_its_connections() -> None:
    """ACC-6: 4403."""
    members = people(ann="g1", bob="g2")
    assert members.set_role("g2", Role.NONE) == [Close("c-bob", CloseReason.REMOVED)]
    assert members.all["c-bob"].role is Role.NONE


def test_name_that_looks_like_anothers_gets_a_number() -> None:
    """MSG-2"""
    cyrillic = "\u0410nn"
    assert free_name(cyrillic, members("Ann")) == f"{cyrillic} (2)"
    assert free_name("Ann\u200b", members("ann", "ann (2)")) == "Ann\u200b (3)"


def test_others_hear_who_leaves_and_who_is_silent() -> None:
    """MSG-2, HB-6: a replaced connection belongs to nobody any more."""
    members = people(ann="g1", bob="g2")
    everybody = ("c-ann", "c-bob")
    assert members.set_away("c-bob", True) == [Send(everybody, UserAway("c-bob", True))]
    assert [one.away for one in members.participants] == [False, True]
    left = members.remove("c-bob", 0)
    assert left == Send(("c-ann",), UserLeft("bob", "c-bob", "1970-01-01T00:00:00.000Z"))
    assert members.set_away("c-bob", False) == []


def test_name_is_given_back_to_who_had_it() -> None:
    """MSG-2, ACC-2: with the role."""
    members = people(ann="g1")
    members.add("again", "ann", 0, Admission(Role.VIEWER))
    assert members.rename("again") == []
    members.remove("c-ann", 0)
    joined = UserJoined("ann", "again", "1970-01-01T00:00:00.000Z", Role.VIEWER)
    assert members.rename("again") == [Send(("again",), joined)]


def test_whoever_synchronises_goes_on_from_their_last_change() -> None:
    """SYNC-8: with the origins that they settle, as far as the history knows them."""
    history = make()
    for number in (1, 2):
        do(history, Put("lens", "k", {"n": number}), by="replica")
    member = Member("ann", Participant("ann", "c0", "t"), denied=True)
    member.synchronise(SyncRequest("replica", settles=["unknown"]), history)
    assert (member.pushed, member.accepted, member.denied) == (2, 2, False)
    assert member.settled == frozenset()
    member.synchronise(SyncRequest("another", settles=["replica"]), history)
    assert (member.pushed, len(member.settled)) == (0, 1)


def test_connections_of_a_replica_are_found_by_its_client_ids() -> None:
    """SYNC-5: those that have synchronised, and the one that asks."""
    all = people(ann="", bob="", cid="")
    all.all["c-ann"].request = SyncRequest("a")
    all.all["c-bob"].request = SyncRequest("b")
    assert all.of_replica("c-cid", ["a", "x"]) == ["c-ann", "c-cid"]


def test_the_first_message_says_who_is_there_and_what_one_may() -> None:
    """MSG-1, ACC-2"""
    all = people(bob="")
    admission = Admission(Role.VIEWER, "g1", token="t1", expires_ms=1_000)
    all.add("c-ann", "ann", 7_000, admission)
    ack = all.ack("c-ann", "lab", "server 1", Limits(), admission)
    assert (ack.user_id, ack.connection_id, ack.session_id) == ("ann", "c-ann", "lab")
    assert [user.user_id for user in ack.users] == ["bob", "ann"]
    assert (ack.role, ack.token, ack.expires) == (Role.VIEWER, "t1", timestamp(1_000))
    assert ack.timestamp == timestamp(7_000)


def test_a_member_whose_history_parted_may_ask_for_the_place() -> None:
    """BACK-11"""
    [ann] = members("ann")
    assert not ann.goes_back_with(PastRequest(0, 5))
    ann.parted = ParentPosition("e", 5, "then", True)
    assert ann.goes_back_with(PastRequest(0, 5))
    assert not ann.goes_back_with(PastRequest(0, 6))
    assert not ann.goes_back_with(EntriesRequest(0))
