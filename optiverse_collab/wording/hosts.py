"""What users read about things that their editor can't show or do. Pure."""

from __future__ import annotations

from collections.abc import Collection


def not_shown(host: str, what: str) -> str:
    """An item of others' that a host can't show."""
    return f"{host} can't show {what} of others'; it is kept."


def placeholder(host: str, kind: str) -> str:
    """The tooltip of the box in place of such an item."""
    return f"A {kind} by others, which {host} can't show. It is kept."


def kind_not_shown(host: str, kind: str, missing: Collection[str]) -> str:
    """A kind of item that this version of the host makes in another way."""
    return (
        f"Each {kind} by others is shown as a dashed box: in {host} it has no "
        f"{', '.join(missing)}, which live collaboration needs."
    )


def values_not_shown(host: str, names: str, what: str) -> str:
    """Values that a host does not accept."""
    return f"{host} can't show the {names} of {what} that others set."


def change_not_shown(what: str, fault: str) -> str:
    """An edit that failed in the host."""
    return f"A change of {what} by others can't be shown here: {fault}."


def not_made(id: str, fault: str) -> str:
    """An item that the host failed to make, for developers."""
    return f"Optiverse can't make {id!r}: {fault}."


def image_missing(name: str) -> str:
    """A picture that this computer lacks."""
    return f"The image {name} is not on this computer; components are shown without it."


def link_not_known(group: str) -> str:
    """A linked file, in an Optiverse that knows none."""
    return f"The group {group!r} shows a linked file, which this Optiverse can't."


def link_not_shared(name: str | None, reason: str) -> str:
    """A linked file that others don't see."""
    return (
        f"The linked file {name!r} shows its items only in your window: {reason} "
        "To share them, unlink it in the layer panel."
    )


def link_too_long(kib: int) -> str:
    """Why: its copy is too long."""
    return f"it is longer than {kib} KiB."


def link_not_shown(name: str | None) -> str:
    """Somebody else's linked file, without its copy."""
    return f"The linked file {name!r} is not shown: it was too large to be shared."


def link_incomplete(name: str | None, fault: str) -> str:
    """A linked file whose items the host failed to make."""
    return f"The linked file {name!r} can't be shown completely: {fault}."


def step_failed(fault: str) -> str:
    """An undo or a redo that failed in the host."""
    return f"Optiverse could not undo or redo one of your steps: {fault}."


def stayed_locked(count: int) -> str:
    """Locked items that an undo or a redo did not move."""
    return f"{count} locked item{'s' * (count > 1)} did not move."
