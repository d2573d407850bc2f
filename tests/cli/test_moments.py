"""Moments on the command line."""

from __future__ import annotations

import argparse

import pytest

from optiverse_collab.cli.moments import clock_of, follow
from optiverse_collab.core.protocol.address import DEFAULT_SERVER
from optiverse_collab.errors import AddressError, CollaborationError
from optiverse_collab.scripting import connect
from tests.helpers.aio import run
from tests.helpers.live_server import live_server


def test_a_moment_is_a_number_or_a_name() -> None:
    """HIST-11: no name is a number."""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            bench.put("lens", "component", {})
            version = await bench.versions.keep("good state")
            assert clock_of(bench, "Good state") == version.clock == 1
            assert clock_of(bench, "-7") == -7
            assert clock_of(bench, "12") == 12
            with pytest.raises(CollaborationError, match="no version 'bad'; `versions` lists all"):
                clock_of(bench, "bad")

    run(main())


TOKEN, PIN = "cHl0aG9uLWFuZC1RdDEyMw", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


@pytest.mark.parametrize("server", [DEFAULT_SERVER, f"wss://lab:1/ws/lab#t={TOKEN}&pin={PIN}"])
def test_a_link_leads_to_a_moment(server: str) -> None:
    """LINK-1: the address of the server may say how to get in."""
    options = argparse.Namespace(server=server, session=None, moment="wss://lab:1/ws/lab#clock=812&item=M3")
    assert follow(options) == "M3"
    known = "wss://lab:1" if server == DEFAULT_SERVER else server
    assert (options.server, options.session, options.moment) == (known, "lab", "812")


def test_numbers_and_names_lead_nowhere() -> None:
    options = argparse.Namespace(server="a", session="b", moment="the good state")
    assert follow(options) is None
    assert vars(options) == {"server": "a", "session": "b", "moment": "the good state"}


@pytest.mark.parametrize(
    ("link", "server", "session", "sentence"),
    [
        ("wss://lab/ws/a", DEFAULT_SERVER, None, "The link names no change"),
        ("wss://lab/ws/a#clock=-1", DEFAULT_SERVER, None, "not a number from 0"),
        (
            "wss://lab/ws/a#clock=1",
            "wss://other",
            None,
            "The link is for wss://lab, but --server names another",
        ),
        ("wss://lab/ws/a#clock=1", DEFAULT_SERVER, "b", "The link is for session 'a', but you asked for 'b'"),
    ],
)
def test_links_that_lead_nowhere(link: str, server: str, session: str | None, sentence: str) -> None:
    with pytest.raises(AddressError, match=sentence):
        follow(argparse.Namespace(server=server, session=session, moment=link))
