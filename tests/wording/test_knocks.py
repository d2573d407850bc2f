"""Sentences about people who wait outside."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import AccessKnock
from optiverse_collab.wording import knocks

ANA = AccessKnock("k1", "Ana", Role.EDITOR, "students")


@pytest.mark.parametrize(
    ("role", "how"),
    [
        (Role.VIEWER, "a viewer"),
        (Role.COMMENTER, "a commenter"),
        (Role.EDITOR, "an editor"),
        (Role.OWNER, "an owner"),
        (Role.NONE, "none"),
    ],
)
def test_every_role_can_be_said(role: Role, how: str) -> None:
    assert knocks.wants(AccessKnock("k1", "Ana", role)) == f"Ana wants to come in as {how}."


def test_links_and_likenesses_are_named() -> None:
    wants = "Ana wants to come in as an editor, with the link 'students'."
    assert knocks.wants(ANA) == wants
    assert knocks.wants(ANA, alike=True) == f"{wants} {knocks.ALIKE}"
    assert knocks.lines(ANA, alike=False) == ["Ana", "as an editor, with the link 'students'"]
    again = AccessKnock("k1", "Ana", Role.VIEWER, again=True, script=True)
    assert knocks.lines(again, alike=True) == ["Ana (script)", "as a viewer", knocks.ALIKE, knocks.AGAIN]


def test_what_others_wrote_is_cut_and_printable() -> None:
    evil = AccessKnock("k1", "A\n" + "x" * 126, Role.VIEWER, "\u202e" + "y" * 255)
    assert knocks.wants(evil).isprintable()
    assert len(knocks.wants(evil)) < 120
    assert all(line.isprintable() for line in knocks.lines(evil, alike=False))
    assert knocks.waiting("la\nb") == r"Waiting for an owner of 'la\nb' to let you in…"


def test_several_are_one_sentence() -> None:
    people = [AccessKnock(f"k{number}", f"P{number}", Role.VIEWER) for number in range(5)]
    assert knocks.several(people[:2]) == "2 people want to come in: P0 and P1."
    assert knocks.several(people) == "5 people want to come in: P0, P1, P2 and 2 others."
    long = AccessKnock("k1", "W" * 128, Role.VIEWER)
    assert knocks.several([ANA, long]).endswith("WW…")
    assert len(knocks.lines(long, alike=False)[0]) == knocks.NAME_CHARS


def test_answers_are_told() -> None:
    assert knocks.answered(ANA, admitted=True) == "You let in Ana."
    assert knocks.answered(ANA, admitted=False) == "You sent Ana away."
    assert knocks.failed("Ana", "They left.") == "Ana was not answered. They left."
