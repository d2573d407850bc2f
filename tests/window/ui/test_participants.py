"""The list of participants."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui.participants import ParticipantsDialog, colour_of
from tests.helpers.windows import names_in


def test_names_and_who_of_them_is_me(qtbot: QtBot) -> None:
    dialog = ParticipantsDialog()
    qtbot.addWidget(dialog)
    ann, bob = Participant("Ann", "c1", "t"), Participant("<b>Bob</b> " + "x" * 300, "c2", "t")
    dialog.show_participants([ann, bob], ann)
    assert names_in(dialog) == ["Ann (you)", bob.user_id]
    away = Participant("Eve", "c3", "t", away=True)
    dialog.show_participants([ann, away], ann)
    assert names_in(dialog) == ["Ann (you)", "Eve (away)"]
    dialog.show_participants([bob], None)
    assert dialog.names.count() == 1


def test_neighbours_have_different_colours() -> None:
    colours = [colour_of(f"c{n}").name() for n in range(1, 7)]
    assert len(set(colours)) == 6
    assert colour_of("c1") == colour_of("c1")
    assert colour_of("a name without a number").isValid()
