"""Persons and colours: PRES-8 and PRES-9 of docs/protocol.md."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.client.people import COLOUR, COLOURS, MOST, PERSON, Introduction, People
from optiverse_collab.core.protocol.participants import Participant

ME = "me"


def everybody(*ids: str, person: str = "") -> dict[str, Participant]:
    """Participants in the order of their arrival."""
    return {id: Participant(id, id, "t", person=person) for id in ids}


def shown(ids: str, states: dict[str, dict[str, Any]], wish: int = 3) -> dict[str, Any]:
    """My presence, given the other participants and theirs."""
    people = People()
    people.introduce(Introduction("mine", wish))
    participants = everybody(*ids.split())
    return people.look(participants[ME], participants, states)


def test_a_wish_that_is_free_comes_true() -> None:
    """PRES-9"""
    assert shown("a me b", {"a": {COLOUR: 1}, "b": {}}) == {PERSON: "mine", COLOUR: 3}


@pytest.mark.parametrize(
    ("taken", "colour"),
    [
        ([3], 4),
        ([3, 4, 6], 5),
        ([3, 4, 5, 6, 7, 8, 9], 0),
        (list(range(COLOURS)), COLOURS + 3),
        (list(range(COLOURS + 4)), COLOURS + 4),
        (list(range(MOST)), MOST - 1),
    ],
)
def test_a_wish_yields_to_those_who_were_there(taken: list[int], colour: int) -> None:
    """PRES-9"""
    ids = [f"p{number}" for number in taken]
    states = {id: {COLOUR: number} for id, number in zip(ids, taken, strict=True)}
    assert shown(" ".join([*ids, ME]), states)[COLOUR] == colour


def test_of_two_who_chose_at_once_the_later_yields() -> None:
    """PRES-9: and nobody changes colour again when somebody leaves."""
    people = People()
    people.introduce(Introduction("mine", 3))
    participants = everybody("a", ME, "b")
    me = participants[ME]
    assert people.look(me, participants, {})[COLOUR] == 3
    assert people.look(me, participants, {"b": {COLOUR: 3}}) == {}
    assert people.look(me, participants, {"a": {COLOUR: 3}, "b": {COLOUR: 4}})[COLOUR] == 5
    assert people.look(me, everybody(ME, "b"), {"b": {COLOUR: 4}}) == {}
    assert people.colour_of(ME) == 5


def test_windows_of_one_person_have_one_colour() -> None:
    """PRES-8, PRES-9"""
    people = People()
    people.introduce(Introduction("mine", 3))
    participants = everybody("a", "b", ME)
    states = {"a": {COLOUR: 7, PERSON: "mine"}, "b": {COLOUR: 3, PERSON: "other"}}
    assert people.look(participants[ME], participants, states)[COLOUR] == 7
    assert people.person_of("a") == people.person_of(ME) != people.person_of("b")
    assert len({people.person_of(id) for id in participants}) == 2


def test_windows_of_one_person_yield_together() -> None:
    """PRES-9: the first one to earlier people, and the others along with it."""
    people = People()
    people.introduce(Introduction("mine", 3))
    participants = everybody("a", ME, "other window")
    others = {"other window": {COLOUR: 3, PERSON: "mine"}}
    assert people.look(participants[ME], participants, others)[COLOUR] == 3
    assert people.look(participants[ME], participants, {**others, "a": {COLOUR: 3}})[COLOUR] == 4


def test_the_server_knows_better_who_somebody_is() -> None:
    """PRES-8: the grant identifies the person."""
    people = People()
    people.introduce(Introduction("mine", 3))
    participants = everybody(ME, "a", person="g1")
    people.look(participants[ME], participants, {"a": {PERSON: "somebody else"}})
    assert people.person_of("a") == people.person_of(ME) == "g1"


@pytest.mark.parametrize("colour", [None, True, -1, MOST, 2.0, "3", [3]])
def test_what_is_no_colour_is_none(colour: object) -> None:
    """PRES-9: such a connection still gets a colour."""
    people = People()
    participants = everybody("a", ME)
    people.look(participants[ME], participants, {"a": {COLOUR: colour, PERSON: 7}})
    assert 0 <= people.colour_of("a") < COLOURS
    assert people.person_of("a") == "a"


def test_who_does_not_introduce_themselves_shows_nothing() -> None:
    """PRES-8: for example, scripts of an earlier version."""
    people = People()
    participants = everybody(ME)
    assert people.look(participants[ME], participants, {}) == {}
    assert people.person_of(ME) == ME
    assert people.look(None, {}, {}) == {}
    assert people.me is None


def test_scripts_are_known_by_name() -> None:
    """PRES-18"""
    people, everyone = People(), everybody("a", "bot")
    everyone["bot"] = Participant("bot", "bot", "t", script=True)
    people.look(None, everyone, {})
    assert people.scripts == {"bot"}
