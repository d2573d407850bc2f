"""What others changed glows for 2 s in their colour."""

from __future__ import annotations

from optiverse_collab.core.client.people import COLOUR, People
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui.glow import FADE_MS, GLOW_MS, MOST, Glow, colours_of


def test_what_changed_glows_for_two_seconds() -> None:
    glow = Glow()
    glow.hear([("lens", 3)], 1000.0)
    assert list(glow.shown(1000.0)) == [("lens", 3, 1.0)]
    assert glow.wait_ms(1000.0) == GLOW_MS - FADE_MS
    assert list(glow.shown(1000.0 + GLOW_MS - FADE_MS / 2)) == [("lens", 3, 0.5)]
    assert glow.wait_ms(1000.0 + GLOW_MS - 1.0) == 0.0
    assert list(glow.shown(1000.0 + GLOW_MS)) == []
    assert glow.wait_ms(1000.0 + GLOW_MS) is None


def test_what_changes_again_glows_on() -> None:
    """In the colour of the person who changed it last."""
    glow = Glow()
    glow.hear([("lens", 3), ("mirror", 3)], 0.0)
    glow.hear([("lens", 4)], 1900.0)
    assert list(glow.shown(2100.0)) == [("lens", 4, 1.0)]
    assert glow.wait_ms(2100.0) == 1900.0 + GLOW_MS - FADE_MS - 2100.0


def test_of_very_much_the_last_glows() -> None:
    glow = Glow()
    glow.hear([(f"item {n}", 0) for n in range(MOST + 5)], 0.0)
    assert [id for id, _, _ in glow.shown(0.0)] == [f"item {n}" for n in range(5, MOST + 5)]


def colours(authors: dict[str, str], **shown: tuple[str, int, list[object]]) -> list[tuple[str, int | None]]:
    """Each connection in `shown`, with its name, colour and selection."""
    participants = {id: Participant(name, id, "t") for id, (name, _, _) in shown.items()}
    states = {id: {COLOUR: colour, "selection": chosen} for id, (_, colour, chosen) in shown.items()}
    people = People()
    people.look(None, participants, states)
    return list(colours_of(authors, participants, states, people))


def test_it_has_the_colour_of_its_author() -> None:
    assert colours({"lens": "Bob"}, a=("Ana", 1, []), b=("Bob", 2, [])) == [("lens", 2)]


def test_of_two_of_a_name_it_is_who_selected_it() -> None:
    both: dict[str, tuple[str, int, list[object]]] = {
        "a": ("Ana", 1, ["mirror", 7]),
        "b": ("Ana", 2, ["lens"]),
    }
    assert colours({"lens": "Ana", "mirror": "Ana", "note": "Ana"}, **both) == [
        ("lens", 2),
        ("mirror", 1),
        ("note", None),
    ]


def test_two_windows_of_one_person_are_one() -> None:
    assert colours({"lens": "Ana"}, a=("Ana", 1, []), b=("Ana", 1, [])) == [("lens", 1)]


def test_of_somebody_who_left_nobody_knows_the_colour() -> None:
    assert colours({"lens": "Ana"}) == [("lens", None)]
