"""Signed heads: how a server notices that it was restored from a backup (BACK-1 to BACK-4).

A backup does not know what it lacks. But each client keeps the newest position that the server signed for
it. If somebody shows a position that the server signed, and its history is not at, or never came through,
that position, then the history was once longer.
"""

from __future__ import annotations

from hashlib import blake2b
from hmac import compare_digest

import msgspec
from msgspec.structs import replace

from optiverse_collab.core.protocol.messages import OtherHistory, Pong, SyncRequest
from optiverse_collab.core.protocol.positions import ParentPosition, SignedHead
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.server.delivery import Delivery
from optiverse_collab.core.server.effects import BackupNoticed
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.lineage import epochs_here, last_shared, never_had, parted_at

SIGNATURE_BYTES = 16

_PURPOSE = b"optiverse head"
"""Separates these hashes from others with the same key."""


def signature_of(key: bytes, session_id: str, epoch: str, clock: int, head: str, time: str) -> str:
    """The signature of a position: a hash that only the owner of the key can make, or check.

    Args:
        key: secret, up to 64 bytes.
        session_id: the name of the session.
        epoch, clock, head: the position, the head as 32 hex digits.
        time: when it is signed (MSG-7).
    """
    signed = msgspec.json.encode([session_id, epoch, clock, head, time])
    return blake2b(signed, digest_size=SIGNATURE_BYTES, key=key, person=_PURPOSE).hexdigest()


class Signatures:
    """Signs the positions of a session, and recognises the signed ones.

    Args:
        key: the server's; None if it signs nothing.
        session_id: the name of the session.
        history: of the session, just opened.
    """

    def __init__(self, key: bytes | None, session_id: str, history: History) -> None:
        self._key = key
        self._session_id = session_id
        self._history = history
        self._opened = ParentPosition(history.epoch, history.clock, timestamp(history.time_ms))
        self._restored: set[ParentPosition] = set()

    def pong(self, connection_id: str, delivery: Delivery, now_ms: int) -> Pong:
        """The answer to a heartbeat; signed if the receiver was sent everything that anybody was (BACK-1)."""
        clock, time = delivery.sent_to(connection_id), timestamp(now_ms)
        if self._key is None or not clock or clock != delivery.sent:
            return Pong(time, clock)
        return Pong(time, clock, self._sign(self._key, self._history.epoch, clock, delivery.head.hex(), time))

    def parted(
        self, connection_id: str, request: SyncRequest, answer: OtherHistory, may_ask: bool
    ) -> tuple[OtherHistory, list[BackupNoticed]]:
        """Find out whether a replica's position is unknown because the server was restored (BACK-3, BACK-4).

        Args:
            connection_id: of the replica.
            request: what it asked.
            answer: to that, so far.
            may_ask: whether it may be asked for what is missing (BACK-8).

        Returns:
            The answer, with the place where the histories part if it is known now, and what to report.
        """
        end, signed = answer.parent, request.signed
        if end is None:
            end = self._opened if request.epoch == self._history.epoch else never_had(self._history, request)
        if end is None:
            return answer, []
        noticed: list[BackupNoticed] = []
        place = replace(end, is_shared=False)
        end = parted_at(self._history, request.heads, end, self._is_shared(end, signed))
        if signed is not None and place not in self._restored and self._proves_loss(end, signed):
            self._restored.add(place)
            is_asked = may_ask and request.carries and self._continues(end)
            missing = signed.clock - end.clock
            noticed.append(BackupNoticed(connection_id, end.time, missing, signed.time, is_asked))
        if answer.parent is not None or place in self._restored:
            answer = replace(answer, parent=end)
        return answer, noticed

    def shows_loss(self, answer: OtherHistory) -> bool:
        """Whether a replica has changes that would come next: they are lost, and none was accepted since."""
        end = answer.parent
        if end is None or replace(end, is_shared=False) not in self._restored:
            return False
        return self._continues(end)

    def recovered(self) -> None:
        """Changes were brought back (BACK-10): what is still missing is noticed again."""
        history = self._history
        self._opened = ParentPosition(history.epoch, history.clock, timestamp(history.time_ms))
        self._restored.clear()

    def _continues(self, end: ParentPosition) -> bool:
        """Whether the change after this place would be the next one of the history."""
        return end.clock == self._history.clock and end.epoch in epochs_here(self._history)

    def _proves_loss(self, end: ParentPosition, signed: SignedHead) -> bool:
        """Whether the server signed this position, and its history lacks it.

        Args:
            end: where the position's epoch ended, at the latest.
            signed: the position.
        """
        if signed.clock <= end.clock or not self._is_own(end.epoch, signed):
            return False
        return last_shared(self._history, end.epoch) < 0 or not self._may_have(signed)

    def _is_shared(self, end: ParentPosition, signed: SignedHead | None) -> bool:
        """Whether a replica has everything up to the place where it parted from the history (BACK-4).

        Args:
            end: the place; `is_shared` says whether it is known from the history itself.
            signed: the replica's signed position.
        """
        if signed is None or not self._is_own(end.epoch, signed):
            return end.is_shared
        if end.time <= signed.time:  # what was accepted after the loss is later than the signature
            return True
        return end.is_shared and signed.clock <= end.clock and self._may_have(signed)

    def _may_have(self, signed: SignedHead) -> bool:
        """Whether a signed position may be one of the history's; nobody knows for very old ones."""
        back = self._history.clock - signed.clock
        return back >= 0 and self._history.chain.agrees(back, signed.head) is not False

    def _is_own(self, epoch: str, signed: SignedHead) -> bool:
        """Whether the server signed this position."""
        if self._key is None:
            return False
        expected = self._sign(self._key, epoch, signed.clock, signed.head, signed.time)
        return compare_digest(expected.encode(), signed.signature.encode())

    def _sign(self, key: bytes, epoch: str, clock: int, head: str, time: str) -> str:
        return signature_of(key, self._session_id, epoch, clock, head, time)
