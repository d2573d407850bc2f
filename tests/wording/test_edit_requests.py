"""Sentences about requests for the right to edit."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.wording.edit_requests import asked, failed, have_asked, refused, too_soon

BOB = Participant("Bob", "c1", "", role=Role.VIEWER)
ANN = Participant("Ann", "c2", "")


def test_what_is_asked_and_answered_is_said() -> None:
    assert have_asked([ANN, Participant("Ivo", "c3", "")]) == "You asked Ann and Ivo for the right to edit."
    assert asked(BOB) == "Bob, who may only view, asks you for the right to edit."
    commenter = Participant("Eve", "c4", "", role=Role.COMMENTER, script=True)
    assert asked(commenter) == "Eve (script), who may only comment, asks you for the right to edit."
    assert refused(ANN) == "Ann does not let you edit for now. You can ask again in 10 minutes."
    assert failed(BOB, "There is no such grant.") == (
        "Bob could not be given the right to edit: There is no such grant."
    )


@pytest.mark.parametrize(
    ("ms", "left"),
    [(1.0, "1 second"), (59_000.0, "59 seconds"), (59_500.0, "1 minute"), (540_001.0, "10 minutes")],
)
def test_the_wait_is_said(ms: float, left: str) -> None:
    assert too_soon(ms) == f"You have already asked. You can ask again in {left}."
