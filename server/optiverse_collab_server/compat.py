"""Optiverse's own collaboration: it can't take part, and shows a message about that (MSG-8)."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.protocol.messages import UserJoined

INSTALL_HINT = UserJoined(
    "(install the plugin optiverse-collab to take part; without it nothing is shared)", "", timestamp=""
)
"""Optiverse shows the names of those who join, in its log and beside the state of the connection."""

_TYPES = ("command", "sync:full_state", "sync:update")


class _Message(msgspec.Struct):
    """The part of a message that identifies its sender."""

    type: str
    client_id: str = ""


_decoder = msgspec.json.Decoder(_Message)


def is_builtin_message(text: str) -> bool:
    """Whether a message is one of Optiverse's own collaboration."""
    try:
        message = _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return False
    return message.type in _TYPES or (message.type == "sync:request" and not message.client_id)
