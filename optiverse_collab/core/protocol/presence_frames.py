"""Outgoing presence: encoded once, and for each receiver without their own part (PRES-17)."""

from __future__ import annotations

from optiverse_collab.core.protocol.codec import encoded
from optiverse_collab.core.protocol.messages import PresencePatch

_HEAD, _END, _FULL_END = b'{"type":"presence","participants":{', b"}}", b'},"full":true}'


class PresenceFrames:
    """A message about presence.

    Args:
        patch: its contents.

    Attributes:
        whole: the message as JSON, for receivers who are not in it.
    """

    def __init__(self, patch: PresencePatch) -> None:
        parts = {id: encoded(id) + b":" + encoded(state) for id, state in patch.participants.items()}
        self._end = _FULL_END if patch.full else _END
        self.whole = _HEAD + b",".join(parts.values()) + self._end
        self._spans: dict[str, tuple[int, int]] = {}
        start = len(_HEAD)
        for id, part in parts.items():
            self._spans[id] = start, start + len(part) + 1  # with the comma after it
            start += len(part) + 1
        self._last = len(self.whole) - len(self._end)

    def without(self, receiver: str) -> bytes:
        """The message as JSON, without a receiver's own part; empty if nothing else is in it."""
        span = self._spans.get(receiver)
        if span is None:
            return self.whole
        if len(self._spans) == 1:
            return b""
        start, end = span
        if end > self._last:  # the last part: the comma before it goes
            return self.whole[: start - 1] + self._end
        return self.whole[:start] + self.whole[end:]
