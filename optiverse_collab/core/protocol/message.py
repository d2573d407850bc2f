"""The base of all messages on the wire."""

from __future__ import annotations

from typing import Annotated

import msgspec

from optiverse_collab.core.limits import LARGEST_NUMBER

RequestNumber = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_NUMBER)]
"""A client's own number for a request, repeated in all answers."""


class Message(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """The base of all messages."""
