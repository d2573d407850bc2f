"""Links that people paste, and paths that clients ask for (LINK, MSG-4)."""

from __future__ import annotations

from optiverse_collab.core.protocol.address import parse_address, parse_path
from optiverse_collab.errors import AddressError
from optiverse_collab_server.access.tokens import new_token
from tests.fuzz.faults import Fault, no_other_error
from tests.fuzz.texts import Texts

LINK_PARTS = (
    ["", "ws://", "wss://", "http:/", "ftp://", "//", "javascript:"],
    [
        "host",
        "host:8765",
        "[::1]:1",
        "[::1",
        "ü.example",
        "a@b",
        "",
        "host:99999",
        "\u202e",
        "h\\x",
        "1.2.3.4:",
    ],
    [
        "",
        "/",
        "/ws/bench",
        "/ws/b%C3%BC/",
        "/ws/%ff",
        "/ws/a/b/c",
        "/ws//x",
        "/x/ws/bench",
        "/ws/%00",
        "/ws/..",
    ],
    [
        "",
        "#",
        "#t={t}",
        "#t={t}&pin={p}",
        "#pin={p}&t={t}",
        "#t={t}&t={t}",
        "#t=",
        "%23t={t}",
        "#x=1",
        "#pin={t}",
    ],
)


class LinksTarget:
    """Feeds the address parsers of both ends.

    Args:
        seed: of all random numbers.
    """

    def __init__(self, seed: int) -> None:
        self._texts = Texts(seed)
        self._random = self._texts.random
        self._text = ""

    def feed(self) -> str:
        """Feed one link or path."""
        try:
            with no_other_error(""):
                self._random.choice([self._link, self._path])()
        except Fault as fault:
            raise Fault(str(fault), self._text) from fault
        return self._text

    def _link(self) -> None:
        """A link is read, or refused in a sentence without its secret; none is kept (LINK-1, LINK-2)."""
        token, pin = new_token(), new_token() + new_token()[:21]
        text = "".join(self._random.choice(parts) for parts in LINK_PARTS).format(t=token, p=pin)
        self._text = self._texts.torn(text) if self._random.random() < 0.3 else text
        try:
            address = parse_address(self._text)
        except AddressError as refused:
            if not str(refused).endswith(".") or token in str(refused):
                raise Fault(f"LINK-1: {refused}", self._text) from None
            return
        if parse_address(address.link) != address:
            raise Fault(f"LINK-1: {address} becomes {parse_address(address.link)}", self._text)
        if address.token is not None and address.token in address.remembered:
            raise Fault(f"LINK-2: {address.remembered}", self._text)

    def _path(self) -> None:
        """A path names a session, or is refused in a sentence (MSG-4)."""
        parts = [
            "",
            "ws",
            "bench",
            "b%C3%BC",
            "%ff",
            "%00",
            "..",
            "%2e%2e",
            "a/b",
            "x" * 129,
            "?script",
            "\udcff",
        ]
        self._text = "/".join(self._random.choices(parts, k=self._random.choice([1, 3, 4, 4, 4, 5])))
        if self._random.random() < 0.5:
            self._text = f"/ws/{self._text.strip('/')}"
        try:
            place = parse_path(self._text)
        except AddressError as refused:
            if not str(refused).endswith("."):
                raise Fault(f"MSG-4: {refused}", self._text) from None
            return
        for name in (place.session_id, place.user_id):
            if not 0 < len(name) <= 128 or name in (".", ".."):
                raise Fault(f"MSG-4: {place}", self._text)
