"""Offers to merge a bench that left the session as a file and was edited elsewhere.

If two benches have not met on this computer, a question asks what to do. While it is open, the session's
history is searched for the moment at which the bench left; then the question offers to merge it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple

from PyQt6.QtCore import QObject, pyqtSlot

from optiverse_collab.convert.ancestor_search import AncestorSearch, Certainty, Departure
from optiverse_collab.convert.stray_copy import conflicts, merge_copy
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.past_effects import (
    EntriesArrived,
    EntriesUnavailable,
    PastArrived,
    PastUnavailable,
    Span,
)
from optiverse_collab.core.client.past_reading import TOO_LARGE, PastReading
from optiverse_collab.core.records import Record
from optiverse_collab.errors import CollaborationError
from optiverse_collab.window.background import Background
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.choice_dialog import Answer, ChoiceDialog, JoiningChoice
from optiverse_collab.wording import stray_copies

MOST_BYTES = 64 * 1024 * 1024
"""The longest history that is searched [bytes of JSON]: some 250,000 changes."""


class Offer(NamedTuple):
    """What merging a copy would do.

    Attributes:
        left: when the copy left the session; None if it can't be merged.
        note: a sentence.
        rows: a line for each change and each conflict.
    """

    left: Departure | None
    note: str
    rows: list[str] | None = None


class Homecoming(QObject):
    """Completes one question about two benches.

    Args:
        manager: the session.
        dialog: asks the question; this is deleted with it.
    """

    def __init__(self, manager: CollaborationManager, dialog: ChoiceDialog) -> None:
        super().__init__(dialog)
        self._manager = manager
        self._dialog = dialog
        self._background = Background(self)
        self._reading: PastReading | None = None
        self._is_answered = False
        session, button = manager.session, dialog.buttons.get(JoiningChoice.MERGE)
        if button is None:
            return
        if session is None or not session.replica.rights.may_edit:
            button.hide()
            return
        dialog.chosen.connect(self._on_chosen)
        manager.service.happened.connect(self._on_happened)
        self._reading = PastReading(Span(0, session.replica.clock), MOST_BYTES)
        self._ask(self._reading)

    def _ask(self, reading: PastReading) -> None:
        if reading.wanted is not None:
            self._manager.service.ask_past(reading.wanted)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if not isinstance(effect, (PastArrived, PastUnavailable, EntriesArrived, EntriesUnavailable)):
            return
        reading = self._reading
        if reading is None or not reading.take(effect):
            return
        if reading.wanted is not None:
            self._ask(reading)
        else:
            self._search(reading)

    def _search(self, reading: PastReading) -> None:
        """All has arrived, or nothing more will."""
        self._reading, session, known = None, self._manager.session, self._manager.coming_back
        if reading.failure:
            is_long = reading.failure == TOO_LARGE
            self._show(Offer(None, stray_copies.TOO_LONG if is_long else reading.failure))
        elif session is not None:
            theirs, unshown = dict(session.replica.view), known.unshown(known.asked)
            work = partial(offer_of, known.asked, theirs, reading, unshown)
            self._background.run(work, self._show, _never)

    def _show(self, offer: Offer) -> None:
        if not self._is_answered:
            self._manager.coming_back.left = offer.left
            self._dialog.offer(JoiningChoice.MERGE, offer.note, offer.left is not None, offer.rows)

    @pyqtSlot(object)
    def _on_chosen(self, answer: Answer) -> None:
        """The question is answered."""
        self._is_answered, self._reading = True, None
        if answer is not JoiningChoice.MERGE:
            self._manager.coming_back.left = None


def offer_of(
    mine: Mapping[str, Record], theirs: Mapping[str, Record], reading: PastReading, unshown: Collection[str]
) -> Offer:
    """Search a history for a bench, and compare the two.

    Args:
        mine, theirs: the window's bench, and the session's.
        reading: the history.
        unshown: ids of records of the window's file that the window does not have.
    """
    search = AncestorSearch(mine, reading.start or {}, reading.after)
    search.add(reading.entries)
    left = search.find()
    if left is None:
        return Offer(None, stray_copies.NEVER_HERE)
    if left.certainty is Certainty.UNSURE:
        return Offer(None, stray_copies.NOT_SURE)
    merged = merge_copy(left, mine, theirs, unshown=unshown)
    found = conflicts(left, merged, mine, theirs)
    rows = [stray_copies.change(op, theirs) for op in merged.clear]
    rows += [f"✗ {stray_copies.conflict(one)}" for one in found]
    return Offer(left, stray_copies.offer(left, len(merged.clear), len(found)), rows)


def _never(error: CollaborationError) -> None:
    raise error
