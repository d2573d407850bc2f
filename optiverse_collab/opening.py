"""What the editor is asked to open when it starts: a bench, or the session that a link leads to.

Other users of a machine can see the arguments of a program. So a link that lets its holder in may also
stand in a file. Only the standard library is imported at first.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.errors import CannotStart
from optiverse_collab.host.faults import OFF

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMainWindow

LONGEST_LINK = 10_000
"""Characters of a file with a link in it; the longest that we make has a few hundred."""

Target = Path | str
"""A bench file, or a link."""


def is_target(argument: str) -> bool:
    """Whether an argument is meant to be a file or a link, and not a command or an option."""
    return not argument.startswith("-") and any(sign in argument for sign in "./\\:")


def read_target(argument: str) -> Target:
    """What an argument names; a file that is no bench holds an invite link.

    Raises:
        CannotStart: there is no such file, or it holds neither.
        AddressError: the link is damaged.
    """
    if "://" in argument:
        return _checked(argument)
    path = Path(argument)
    name = argument.partition("#")[0]  # what follows may be the secret of a link
    if not path.is_file():
        raise CannotStart(f"There is no file {name!r}. A link begins with wss:// or ws://.")
    if path.suffix.lower() == ".json":
        return path.absolute()
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST_LINK).strip()
    except (OSError, ValueError) as fault:
        raise CannotStart(f"{name!r} can't be read: {fault}.") from fault
    if "://" not in text.partition("\n")[0]:
        raise CannotStart(f"{name!r} is no bench (.json), and has no invite link in it.")
    return _checked(text)


def _checked(link: str) -> str:
    """A link, unchanged.

    Raises:
        AddressError: it is damaged.
    """
    try:
        from optiverse_collab.core.protocol.address import parse_address
    except ImportError:
        return link  # the editor starts, and says in its window what is missing
    parse_address(link)
    return link


def open_target(target: Target, window: QMainWindow, why_not: str) -> None:
    """Open it in a window of Optiverse that is ready.

    Args:
        target: what `read_target` returned.
        window: the window.
        why_not: why the window has no live collaboration; empty if it has.
    """
    if isinstance(target, Path):
        from optiverse_collab.host.optiverse.first_window import open_file

        open_file(window, target)
    else:
        _join(target, window, why_not)


def _join(link: str, window: QMainWindow, why_not: str) -> None:
    """Join the session of a link by the connect dialog, or say why that can't be."""
    from optiverse_collab.window.attachment import Unavailable, attachment_for

    if not why_not:
        ours = attachment_for(window)
        if not isinstance(ours, Unavailable):
            from optiverse_collab.window.ui.connect_dialog import ConnectDialog

            dialog = ours.dialogs()["collaboration.connect"]()
            assert isinstance(dialog, ConnectDialog)
            dialog.join(link)
            return
        why_not = ours.why
    show(f"The session of the link can't be joined. {OFF} {why_not}", window)


def show(sentence: str, window: QMainWindow | None = None) -> None:
    """Say something in a dialog: over a window, or, before there is one, until it is closed."""
    from PyQt6.QtCore import Qt
    from PyQt6.QtWidgets import QApplication, QMessageBox

    program = QApplication.instance() or QApplication(["optiverse-collab"])
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("optiverse-collab")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(sentence)
    if window is None:
        box.exec()
        del program
    else:
        box.open()
