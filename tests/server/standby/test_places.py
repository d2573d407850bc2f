"""Places in stored sessions, of which tests of their users say the rest: STAND-3 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.server.names import Name, NameKind, erased
from optiverse_collab_server.standby.messages import Where
from optiverse_collab_server.standby.places import fresh_names
from tests.helpers.storage import EPOCH


def test_numbers_of_erased_names_are_sent_without_them() -> None:
    """STAND-3, STAMP-4: so that the next number is the next on both servers."""
    has = Where(EPOCH, 3, b"", 0, 5)
    found = fresh_names([Name(NameKind.AUTHOR, 4, "Ann"), Name(NameKind.AUTHOR, 8, "Bob")], has)
    gaps = [erased(Name(NameKind.AUTHOR, number, "")) for number in (6, 7)]
    assert found == [*gaps, Name(NameKind.AUTHOR, 8, "Bob")]
