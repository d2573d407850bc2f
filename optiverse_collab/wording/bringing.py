"""Texts for calling everybody to one's place. Pure."""

from __future__ import annotations

from optiverse_collab.core.text import printable
from optiverse_collab.wording.numbers import counted

BRING = "Bring &everyone here"
BRING_TIP = "Asks the others to see what you see."
GO, NOT_NOW, BACK = "Go there", "Not now", "Back"
SENT = "You asked everyone to come here."


def asked(name: str) -> str:
    """Somebody calls."""
    return f"{printable(name)} asks everyone to come and see."


def there(name: str) -> str:
    """The user came."""
    return f"You see what {printable(name)} saw."


def too_soon(seconds: int) -> str:
    """A call that is not made."""
    return f"You asked everyone just now; you can ask again in {counted(seconds, 'second')}."
