"""Colours over a real wire: everybody sees the same ones, also after an absence."""

from __future__ import annotations

from optiverse_collab.core.client.people import Introduction
from tests.helpers.wire import Peer, Wire


def introduced(name: str, wish: int, person: str = "") -> Peer:
    """A participant who shares their identity."""
    peer = Peer(name, f"client of {name} who wants {wish}")
    peer.session.people.introduce(Introduction(person or f"person of {name}", wish))
    return peer


def colours(*peers: Peer) -> list[dict[str, int]]:
    """Name → colour, as each participant sees it."""
    return [
        {one.user_id: peer.session.people.colour_of(id) for id, one in peer.session.participants.items()}
        for peer in peers
    ]


def test_everybody_sees_the_same_colours() -> None:
    """PRES-9"""
    wire = Wire()
    ann, bob, cid = introduced("ann", 2), introduced("bob", 2), introduced("cid", 2)
    wire.connect(ann)
    wire.settle()
    wire.connect(bob, cid)
    wire.settle()
    [seen, *others] = colours(ann, bob, cid)
    assert others == [seen, seen]
    assert seen["ann"] == 2
    assert len(set(seen.values())) == 3


def test_whoever_comes_back_has_their_colour_again() -> None:
    """PRES-9: if nobody took it meanwhile."""
    wire = Wire()
    ann, bob = introduced("ann", 2), introduced("bob", 2)
    wire.connect(ann, bob)
    wire.settle()
    before = colours(ann)[0]
    wire.lose(bob)
    wire.settle()
    wire.connect(bob)
    wire.settle()
    assert colours(ann, bob) == [before, before]


def test_two_windows_of_one_person_are_seen_as_such() -> None:
    """PRES-8"""
    wire = Wire()
    ann, other, bob = introduced("ann", 2, "p"), introduced("ann", 5, "p"), introduced("bob", 2)
    for peer in (ann, other, bob):
        wire.connect(peer)
        wire.settle()
    [seen, *others] = colours(ann, other, bob)
    assert others == [seen, seen]
    assert seen == {"ann": 2, "ann (2)": 2, "bob": 3}
    first, second, third = map(bob.session.people.person_of, bob.session.participants)
    assert first == second != third
