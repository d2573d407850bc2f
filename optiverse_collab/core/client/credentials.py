"""The token that lets a participant in: of this device, or of an invite (RIGHT-4)."""

from __future__ import annotations

import hashlib

import msgspec


class Device(msgspec.Struct, frozen=True):
    """A device's right to enter a session.

    Attributes:
        token: its token.
        invite: the `digest` of the token of the invite that it was made from; empty if nobody knows.
    """

    token: str
    invite: str = ""

    def __repr__(self) -> str:
        return "Device(…)"  # it may get into a log


def digest(token: str) -> str:
    """The hash of an invite's token that is stored to recognise the invite: 32 hex digits."""
    return hashlib.blake2b(token.encode(), digest_size=16).hexdigest()


class Credentials:
    """The tokens for one session.

    A device has its own token from the first use of an invite on. It is shown in place of that invite from
    then on, since every use of an invite makes another device. Another invite is used: other rights may come
    with it.

    Args:
        device: what lets this device in, if it is known here.
        invite: the token of the link that was pasted; empty without one.

    Attributes:
        token: what to show at the next attempt; empty for none.
    """

    def __init__(self, device: Device | None = None, invite: str = "") -> None:
        is_new = device is None or (invite != "" and device.invite != digest(invite))
        self.token = invite if device is None or is_new else device.token
        self._other = "" if is_new else invite

    def acknowledged(self, token: str) -> Device | None:
        """The server let us in.

        Args:
            token: the device token that it has made; empty if the one that was shown stays in use.

        Returns:
            What is to be kept; None if nothing is new.
        """
        self._other = ""  # so that a removed user does not come back with the link that is still here
        if not token:
            return None
        device = Device(token, digest(self.token) if self.token else "")
        self.token = token
        return device

    def refused(self) -> bool:
        """The server refused the token; returns whether there is another one."""
        if not self._other:
            return False
        self.token, self._other = self._other, ""
        return True
