"""LINK-1: the fragment of a link, and what mail programs and typing do to it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.protocol.invite import Fragment, format_fragment, parse_fragment, split_link
from optiverse_collab.errors import AddressError

TOKEN, PIN = "cHl0aG9uLWFuZC1RdDEyMw", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
BOTH = Fragment(TOKEN, PIN)
LINK = f"wss://lab:8765/ws/a#t={TOKEN}&pin={PIN}"

BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def written(chars: int) -> st.SearchStrategy[str]:
    """Bits in base64url."""
    return st.text(BASE64URL, min_size=chars, max_size=chars)


def test_both_parts_are_optional() -> None:
    """LINK-1."""
    assert format_fragment(Fragment()) == ""
    assert format_fragment(BOTH) == f"#t={TOKEN}&pin={PIN}"
    assert format_fragment(Fragment(clock=812, item="M3")) == "#clock=812&item=M3"
    assert parse_fragment("") == Fragment(None, None, None, None)
    assert parse_fragment(f"pin={PIN}") == Fragment(None, PIN)
    assert parse_fragment(f"pin={PIN}&t={TOKEN}") == BOTH
    also = f"wss://standby:8765#pin={PIN}"
    said = f"#also=wss%3A%2F%2Fstandby%3A8765%23pin%3D{PIN}"
    assert format_fragment(Fragment(also=also)) == said
    for text in (said[1:], said[1:].replace("%", "%25")):  # a program on the way may escape it once more
        assert parse_fragment(text) == Fragment(also=also)
    assert parse_fragment("item=M3&clock=0") == Fragment(None, None, 0, "M3")


@given(
    st.none() | written(22),
    st.none() | written(43),
    st.none() | st.integers(0, 2**53),
    st.none() | st.text(min_size=1, max_size=128),
)
def test_what_is_written_is_read(
    token: str | None, pin: str | None, clock: int | None, item: str | None
) -> None:
    """LINK-1: an item's id may be any text."""
    fragment = Fragment(token, pin, clock, item)
    assert split_link(f"wss://lab:8765/ws/a{format_fragment(fragment)}") == (
        "wss://lab:8765/ws/a",
        fragment,
    )


@given(st.text(f"{BASE64URL}=&#%tpin \n") | st.text().map("item={}".format) | st.text())
def test_what_is_read_can_be_written(text: str) -> None:
    try:
        fragment = parse_fragment(text)
    except AddressError:
        return
    assert parse_fragment(format_fragment(fragment).removeprefix("#")) == fragment


@pytest.mark.parametrize(
    "link",
    [
        f"  {LINK}\n",
        LINK.replace("&", "&\n "),
        LINK[:40] + "\r\n" + LINK[40:],
        LINK.replace("#", "%23"),
        LINK.replace("#", "%23").replace("&", "%26"),
        LINK.replace("t=", "t%3D"),
        LINK.replace("#", " #"),
    ],
)
def test_what_programs_on_the_way_do_to_a_link_is_undone(link: str) -> None:
    assert split_link(link) == ("wss://lab:8765/ws/a", BOTH)


@pytest.mark.parametrize(
    "escaped", ["#clock=812&item=a%26b", "%23clock=812&item=a%26b", "%23clock=812%26item=a%2526b"]
)
def test_what_programs_do_to_a_link_to_a_moment_is_undone(escaped: str) -> None:
    """LINK-1"""
    assert split_link(f"wss://lab/ws/a{escaped}") == ("wss://lab/ws/a", Fragment(None, None, 812, "a&b"))


def test_a_number_sign_in_a_name_stays_there() -> None:
    """LINK-1: a link percent-encodes it, like the rest of a name."""
    for name in ("no. #1", "a#t=x", "#", "a#clock=3"):
        place = f"ws://lab:8765/ws/{quote(name, safe='')}"
        assert split_link(place) == (place, Fragment())


@pytest.mark.parametrize(
    ("fragment", "sentence"),
    [
        ("x", "damaged"),
        (f"T={TOKEN}", "damaged"),
        (f"t={TOKEN}&", "damaged"),
        (f"t={TOKEN}&t={TOKEN}", "damaged"),
        (f"t={TOKEN}&until=2030", "from a newer version"),
        (f"t={TOKEN}#pin={PIN}", "has 70 characters, not 22"),
        ("t=", "The invite in the link has 0 characters, not 22"),
        (f"t={TOKEN[:-1]}", "The invite in the link has 21 characters, not 22"),
        (f"t={TOKEN}.", "has 23 characters, not 22"),
        (f"pin={PIN[:-3]}", "The key in the link has 40 characters, not 43"),
        (f"pin={PIN[:-1]}=", "an invalid character"),
        (f"t={TOKEN[:-1]}é", "The invite in the link has an invalid character"),
        ("clock=", "not a number from 0 to 9007199254740992"),
        ("clock=-1", "not a number from 0 to 9007199254740992"),
        ("clock=9007199254740993", "not a number from 0 to 9007199254740992"),
        ("clock=" + "9" * 5000, "not a number from 0 to 9007199254740992"),
        ("clock=٣", "not a number from 0 to 9007199254740992"),
        ("clock=1&clock=2", "damaged"),
        ("item=", "The item in the link has 0 characters, not 1 to 128"),
        (f"item={'x' * 129}", "The item in the link has 129 characters, not 1 to 128"),
        ("item=%ff", "is not UTF-8"),
        ("item=\ud800", "half of a character"),
    ],
)
def test_a_damaged_link_says_what_is_wrong(fragment: str, sentence: str) -> None:
    """LINK-1: the sentence never contains the secret."""
    with pytest.raises(AddressError) as caught:
        parse_fragment(fragment)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith("; copy the whole link again.")
    assert TOKEN[:-1] not in str(caught.value)


@pytest.mark.parametrize(
    "fragment", [Fragment("short"), Fragment(None, "+" * 43), Fragment(clock=-1), Fragment(item="")]
)
def test_what_cannot_be_one_is_not_written(fragment: Fragment) -> None:
    with pytest.raises(AddressError):
        format_fragment(fragment)
