"""The plugin's objects for each window, or why it could make none.

Imports that may fail (a missing or broken dependency) happen here, when a window opens: then the
host continues, one ERROR is logged, and the menu says why.
"""

from __future__ import annotations

import contextlib
import logging
import traceback
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from optiverse_collab.category import log_category
from optiverse_collab.hookspecs import Action
from optiverse_collab.host.faults import OFF, sentence_of

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QDialog, QMainWindow, QWidget

_UNAVAILABLE_MENU = ("&Collaboration",)


class Attachment(Protocol):
    """The plugin's part of a window."""

    def actions(self) -> list[Action]:
        """Its menu entries."""

    def status_widgets(self) -> list[QWidget]:
        """Its part of the status bar."""

    def dialogs(self) -> dict[str, Callable[[], QDialog]]:
        """Its dialogs by id."""

    def close(self) -> None:
        """The window closes."""


class Unavailable:
    """A placeholder where collaboration could not be set up.

    Attributes:
        why: a sentence.
    """

    def __init__(self, why: str) -> None:
        self.why = why

    def actions(self) -> list[Action]:
        """One entry, which can't be chosen and says why."""
        text = f"{OFF} {self.why}".replace("&", "&&")
        return [Action(_UNAVAILABLE_MENU, text, "", "", lambda: None, lambda enable: enable(False))]

    def status_widgets(self) -> list[QWidget]:
        """None."""
        return []

    def dialogs(self) -> dict[str, Callable[[], QDialog]]:
        """None."""
        return {}

    def close(self) -> None:
        """Nothing was made."""


_attachments: weakref.WeakKeyDictionary[QMainWindow, Attachment] = weakref.WeakKeyDictionary()


def open_window(window: QMainWindow) -> None:
    """Set collaboration up for a window; a failure is logged once, as an ERROR."""
    if window in _attachments:
        return
    try:
        from optiverse_collab.window.controller import CollaborationController

        _attachments[window] = CollaborationController(window)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with us, the host must start
        why = sentence_of(error)
        _log(window, f"✗ {OFF} {why}")
        logging.getLogger("optiverse_collab").debug("%s", traceback.format_exc())
        _attachments[window] = Unavailable(why)


def attachment_for(window: QMainWindow) -> Attachment:
    """The attachment of a window."""
    open_window(window)
    return _attachments[window]


def close_window(window: QMainWindow) -> None:
    """Detach from a window."""
    attachment = _attachments.pop(window, None)
    if attachment is not None:
        attachment.close()


def _log(window: QMainWindow, sentence: str) -> None:
    """Log an ERROR in the host's log window if it can be found, and in Python's log otherwise.

    Optiverse and the demo bench both keep a log with ``error(text, category)``.
    """
    for name in ("log_service", "log"):
        with contextlib.suppress(AttributeError, TypeError):
            getattr(window, name).error(sentence, log_category())
            return
    logging.getLogger("optiverse_collab").error("%s", sentence)
