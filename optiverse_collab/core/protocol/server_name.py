"""How our server identifies itself in every HTTP answer: the header ``Server`` (MSG-9).

>>> header("0.1.0")
'optiverse-collab-server/0.1.0 protocol/3'
>>> parse("optiverse-collab-server/0.1.0 protocol/3")
ServerName(version='0.1.0', protocol=3)
"""

from __future__ import annotations

import re
from typing import NamedTuple

from optiverse_collab.core.protocol.messages import PROTOCOL_VERSION

PRODUCT = "optiverse-collab-server"
_HEADER = re.compile(rf"{PRODUCT}/(\S{{1,64}}) protocol/([0-9]{{1,9}})")


class ServerName(NamedTuple):
    """A server's description of itself.

    Attributes:
        version: its distribution's.
        protocol: the version of the protocol that it speaks.
    """

    version: str
    protocol: int

    @property
    def speaks_ours(self) -> bool:
        """Whether clients of this version may connect."""
        return self.protocol == PROTOCOL_VERSION


def header(version: str) -> str:
    """The header of a server of this version."""
    return f"{PRODUCT}/{version} protocol/{PROTOCOL_VERSION}"


def parse(text: str) -> ServerName | None:
    """The content of a header ``Server``; None if it is not from our server."""
    found = _HEADER.fullmatch(text)
    return None if found is None else ServerName(found[1], int(found[2]))
