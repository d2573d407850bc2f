"""A header identifies our server; its texts for people do not."""

from __future__ import annotations

import pytest

from optiverse_collab.core.protocol.messages import PROTOCOL_VERSION
from optiverse_collab.core.protocol.server_name import ServerName, header, parse


def test_what_a_server_says_is_what_is_read() -> None:
    """MSG-9."""
    name = parse(header("1.2.3"))
    assert name == ServerName("1.2.3", PROTOCOL_VERSION)
    assert name.speaks_ours


def test_a_server_of_another_protocol_is_known_as_one() -> None:
    """MSG-9."""
    name = parse(f"optiverse-collab-server/9.0 protocol/{PROTOCOL_VERSION + 1}")
    assert name is not None
    assert not name.speaks_ours


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nginx/1.2.3",
        "optiverse-collab-server",
        "optiverse-collab-server/1 protocol/x",
        "optiverse-collab-server/1 protocol/³",
        "optiverse-collab-server/1 protocol/1" + "0" * 9,
        f"a proxy; {header('1.2.3')}",
    ],
)
def test_whatever_else_answers_is_not_ours(text: str) -> None:
    """MSG-9."""
    assert parse(text) is None
