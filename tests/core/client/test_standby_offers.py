"""Offers to keep a standby, and their answers: STAND-10 of docs/protocol.md."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.client import standby_offers
from optiverse_collab.core.client.host_watch import HOSTS
from optiverse_collab.core.client.standby_offers import ANSWER, OFFER
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab_server.access import tokens

HASH = "ab" * 32


def someone(name: str, role: Role = Role.OWNER) -> Participant:
    return Participant(name, name, "", role=role)


def test_the_hash_is_that_of_the_server() -> None:
    """STAND-10, STAND-1: the server finds the grant by it."""
    token = tokens.new_token()
    assert bytes.fromhex(standby_offers.hash_of(token)) == tokens.hash_of(token)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_change_all_may_offer(role: Role) -> None:
    """STAND-10: no viewer's computer becomes the server."""
    found = standby_offers.offer_in(someone("ben", role), {OFFER: HASH})
    assert (found == HASH) == (role in (Role.EDITOR, Role.OWNER))


@pytest.mark.parametrize("shown", [None, 7, "ab", HASH.upper(), HASH + "\n", [HASH]])
def test_anything_else_is_no_offer(shown: Any) -> None:
    """STAND-10"""
    assert standby_offers.offer_in(someone("ben"), {OFFER: shown}) is None


def test_only_the_host_answers() -> None:
    """STAND-10: others may show what they like."""
    yes = {ANSWER: standby_offers.answer(HASH, True)}
    people = {"eve": someone("eve"), "viewer": someone("viewer", Role.VIEWER), "ana": someone("ana")}
    others: dict[str, dict[str, Any]] = {"eve": yes, "viewer": {HOSTS: True, **yes}}
    assert standby_offers.host_of(people, others) is None
    assert standby_offers.answer_to(HASH, people, others) is None
    hosted = {**others, "ana": {HOSTS: True}}
    assert standby_offers.host_of(people, hosted) == people["ana"]
    assert standby_offers.answer_to(HASH, people, hosted) is None
    assert standby_offers.answer_to(HASH, people, {"ana": {HOSTS: True, **yes}}) is True
    assert standby_offers.answer_to("cd" * 32, people, {"ana": {HOSTS: True, **yes}}) is None
    no = {ANSWER: standby_offers.answer(HASH, False)}
    assert standby_offers.answer_to(HASH, people, {"ana": {HOSTS: True, **no}}) is False
