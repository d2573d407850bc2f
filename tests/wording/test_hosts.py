"""Sentences about what an editor can't show or do."""

from __future__ import annotations

import pytest

from optiverse_collab.wording import hosts


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            hosts.not_shown("Optiverse 0.2", 'grating "G1"'),
            "Optiverse 0.2 can't show grating \"G1\" of others'; it is kept.",
        ),
        (
            hosts.placeholder("Optiverse 0.2", "grating"),
            "A grating by others, which Optiverse 0.2 can't show. It is kept.",
        ),
        (
            hosts.kind_not_shown("Optiverse 0.4", "ruler", ["points", "width"]),
            "Each ruler by others is shown as a dashed box: in Optiverse 0.4 it has no points, width, "
            "which live collaboration needs.",
        ),
        (
            hosts.values_not_shown("Optiverse", "angle", "lens"),
            "Optiverse can't show the angle of lens that others set.",
        ),
        (
            hosts.change_not_shown("lens", "KeyError()"),
            "A change of lens by others can't be shown here: KeyError().",
        ),
        (hosts.not_made("id-1", "KeyError()"), "Optiverse can't make 'id-1': KeyError()."),
        (
            hosts.image_missing("a.png"),
            "The image a.png is not on this computer; components are shown without it.",
        ),
        (hosts.link_not_known("G"), "The group 'G' shows a linked file, which this Optiverse can't."),
        (
            hosts.link_not_shared("G", hosts.link_too_long(256)),
            "The linked file 'G' shows its items only in your window: it is longer than 256 KiB. "
            "To share them, unlink it in the layer panel.",
        ),
        (hosts.link_not_shown("G"), "The linked file 'G' is not shown: it was too large to be shared."),
        (
            hosts.link_incomplete("G", "KeyError()"),
            "The linked file 'G' can't be shown completely: KeyError().",
        ),
        (hosts.step_failed("KeyError()"), "Optiverse could not undo or redo one of your steps: KeyError()."),
        (hosts.stayed_locked(1), "1 locked item did not move."),
        (hosts.stayed_locked(2), "2 locked items did not move."),
    ],
)
def test_each_says_what_happened(sentence: str, expected: str) -> None:
    assert sentence == expected
