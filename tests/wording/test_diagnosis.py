"""Each result of a connection check is a line with a tick or a cross."""

from __future__ import annotations

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.messages import PROTOCOL_VERSION
from optiverse_collab.core.protocol.server_name import ServerName
from optiverse_collab.wording.diagnosis import MAY, Finding, of_server


def test_a_finding_is_one_printable_line() -> None:
    assert (
        Finding("name", True, "evil\n\x1b[31m is 127.0.0.1.").line == r"✓ name: evil\n\x1b[31m is 127.0.0.1."
    )
    assert Finding("TCP", False, "Nothing answers.").line == "✗ TCP: Nothing answers."


def test_another_version_is_a_cross_and_a_hidden_one_is_not() -> None:
    """MSG-9: a gateway may replace the server's header with its own."""
    assert of_server(ServerName("0.1.0", PROTOCOL_VERSION)).ok
    assert of_server(None).ok
    other = of_server(ServerName("9.0", PROTOCOL_VERSION + 1))
    assert not other.ok
    assert "install the same version on both sides" in other.sentence


def test_each_role_has_words() -> None:
    assert set(MAY) == set(Role)
