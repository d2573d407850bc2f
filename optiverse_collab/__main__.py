"""``optiverse-collab``: starts Optiverse with live collaboration, or runs a command.

Nothing is imported before it is needed: a missing dependency of ours must not keep Optiverse from starting.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence

from optiverse_collab.errors import CannotStart, CollaborationError

COMMANDS_ELSEWHERE = (
    "optiverse-collab-window opens a bench or a link, and nothing else; commands and options are those of "
    "optiverse-collab, in a terminal."
)


def main() -> int:
    """``optiverse-collab``: run what the arguments say; returns the exit code."""
    from optiverse_collab.opening import is_target

    arguments = sys.argv[1:]
    if not arguments or is_target(arguments[0]):
        return _start(arguments, _write)
    try:
        from optiverse_collab.cli.main import main as command
    except ImportError as fault:
        from optiverse_collab.host.faults import sentence_of

        _write(sentence_of(fault))
        return 1
    return command(arguments)


def window_main() -> int:
    """``optiverse-collab-window``: the same for desktops, which say all that there is to say in a dialog."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # Windows has none where there is no console
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - until the end
    return _start(sys.argv[1:], _show)


def _start(arguments: Sequence[str], report: Callable[[str], None]) -> int:
    """Start Optiverse, with what is named in it."""
    from optiverse_collab.host.optiverse.launch import launch
    from optiverse_collab.opening import is_target, open_target, read_target

    try:
        if len(arguments) > 1:
            raise CannotStart(f"Name one file or one link, not {len(arguments)}.")
        if not arguments:
            return launch([])
        if not is_target(arguments[0]):
            raise CannotStart(COMMANDS_ELSEWHERE)
        return launch([], then=functools.partial(open_target, read_target(arguments[0])))
    except CollaborationError as error:
        report(str(error))
        return 1


def _write(sentence: str) -> None:
    sys.stderr.write(f"optiverse-collab: {sentence}\n")


def _show(sentence: str) -> None:
    """Say it in a dialog; of Python's own toolkit, where even Qt is missing."""
    from optiverse_collab.opening import show

    try:
        show(sentence)
    except ImportError:
        from tkinter import messagebox

        messagebox.showerror("optiverse-collab", sentence)


if __name__ == "__main__":
    sys.exit(main())
