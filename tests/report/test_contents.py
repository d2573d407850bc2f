"""What a report is about."""

from __future__ import annotations

from datetime import timedelta, timezone

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.core.records import Set
from tests.helpers.reports import component, report

TOKEN, PIN = "cHl0aG9uLWFuZC1RdDEyMw", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


def test_times_are_the_readers() -> None:
    """In a zone of its own, or in this computer's."""
    steps = ("Ana", Set("m", {"x": 1})), ("Ben", Set("m", {"x": 2}))
    here = report([component("m")], *steps, zone=timezone(timedelta(hours=-5)))
    assert here.began.isoformat() == "2027-01-16T07:00:00-05:00"
    assert here.ended.isoformat() == "2027-01-16T07:01:00-05:00"
    local = report([component("m")], *steps, zone=None)
    assert local.began == here.began
    assert local.began.utcoffset() == local.began.astimezone().utcoffset()


def test_a_link_opens_a_moment_without_secrets() -> None:
    """LINK-1, LINK-2: a page may be mailed."""
    secret = report([component("m")], server=f"wss://lab:1/ws/lab#t={TOKEN}&pin={PIN}", session="a/b")
    assert secret.link(812) == "wss://lab:1/ws/a%2Fb#clock=812"
    address = parse_address(secret.link(812, "M3 | M4"))
    assert (address.session, address.clock, address.item) == ("a/b", 812, "M3 | M4")
    assert (address.token, address.pin) == (None, None)
