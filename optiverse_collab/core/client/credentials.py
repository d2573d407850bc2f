"""The token that lets a participant in: of this device, or of an invite (RIGHT-4)."""

from __future__ import annotations

import hashlib

import msgspec


class Device(msgspec.Struct, frozen=True):
    """A device's right to enter a session.

    Attributes:
        token: its token.
        invite: the `digest` of the token of the invite that it came from; empty if unknown.
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

    A device gets its own token when it first uses an invite. From then on it presents that token instead of
    the invite's, since every use of an invite makes another device. If the user pastes another invite, that
    one is used: it may come with other rights.

    Args:
        device: this device's credentials, if known.
        invite: the token of the link that was pasted; empty without one.

    Attributes:
        token: what to present at the next attempt; empty for none.
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
            What to store; None if nothing is new.
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
