"""Sentences about other people on the bench."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.activity import Doing
from optiverse_collab.core.client.hand_over import Says
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.wording.presence import (
    IN_ITEM,
    NAME_CHARS,
    answered,
    asked,
    editing_too,
    have_asked,
    is_free,
    name_of,
    short_name,
)


def test_there_are_words_for_all_that_others_do() -> None:
    """PRES-13"""
    sentences = [IN_ITEM[doing].format(name="Ann") for doing in Doing]
    assert sentences == ["Ann is moving this", "Ann is editing this", "Ann is typing here"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], ""),
        (["Ann"], "Ann is editing this, too."),
        (["Ann", "Bob"], "Ann and Bob are editing this, too."),
        (["Ann", "Bob", "Eve"], "Ann, Bob and Eve are editing this, too."),
        (["Ann", "Bob", "Eve", "Ivo"], "Ann, Bob, Eve and 1 other are editing this, too."),
        (list("abcdef"), "a, b, c and 3 others are editing this, too."),
    ],
)
def test_in_a_dialog_the_others_are_named(names: list[str], sentence: str) -> None:
    assert editing_too(names) == sentence


def person(name: str, script: bool = False) -> Participant:
    return Participant(name, "c1", "t", script=script)


def test_a_long_name_is_cut_and_shows_what_cannot_be_printed() -> None:
    assert short_name(person("x" * 128)) == "x" * (NAME_CHARS - 1) + "…"
    assert short_name(person("a\nb")) == "a\\nb"


def test_asks_and_answers_name_people_and_the_item() -> None:
    """PRES-14"""
    assert asked(person("Ann"), '"Lens"').startswith('Ann asks you to hand over "Lens". ')
    assert have_asked(["Ann", "Bob"], '"Lens"') == 'You asked Ann and Bob to hand over "Lens".'
    assert answered(person("Ann"), '"Lens"', Says.NO) == 'Ann keeps "Lens" for now.'
    assert answered(person("Ann"), '"Lens"', Says.SOON) == 'Ann hands over "Lens" in a moment.'
    assert is_free('"Lens"') == 'Nobody else is in "Lens" any more: it is yours.'


def test_a_script_is_marked() -> None:
    """PRES-18: however long its name is."""
    assert name_of(person("bot")) == "bot"
    assert name_of(person("bot", script=True)) == "bot (script)"
    assert short_name(person("x" * 128, script=True)) == "x" * (NAME_CHARS - 1) + "… (script)"
