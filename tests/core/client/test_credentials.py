"""Which token a participant presents (RIGHT-4)."""

from __future__ import annotations

from optiverse_collab.core.client.credentials import Credentials, Device, digest

DEVICE = Device("device", digest("invite"))


def test_who_has_nothing_shows_nothing() -> None:
    assert Credentials().token == ""
    assert not Credentials().refused()


def test_first_use_of_an_invite_makes_a_device() -> None:
    credentials = Credentials(None, "invite")
    assert credentials.token == "invite"
    assert credentials.acknowledged("device") == DEVICE
    assert credentials.token == "device"


def test_device_is_shown_in_place_of_its_invite() -> None:
    assert Credentials(DEVICE).token == "device"
    credentials = Credentials(DEVICE, "invite")
    assert credentials.token == "device"
    assert credentials.acknowledged("") is None
    assert credentials.token == "device"


def test_another_invite_may_give_other_rights() -> None:
    credentials = Credentials(DEVICE, "invite for editors")
    assert credentials.token == "invite for editors"
    assert credentials.acknowledged("another device") == Device(
        "another device", digest("invite for editors")
    )


def test_pasted_invite_is_used_once_if_the_device_is_refused() -> None:
    credentials = Credentials(DEVICE, "invite")
    assert credentials.refused()
    assert credentials.token == "invite"
    assert not credentials.refused()


def test_whoever_is_removed_does_not_come_back_with_the_link() -> None:
    credentials = Credentials(DEVICE, "invite")
    credentials.acknowledged("")
    assert not credentials.refused()


def test_token_that_makes_no_device_is_shown_again() -> None:
    """A pasted token may be a device token, and a server may require none."""
    credentials = Credentials(None, "pasted")
    assert credentials.acknowledged("") is None
    assert credentials.token == "pasted"


def test_device_of_an_unknown_invite() -> None:
    assert Credentials().acknowledged("device") == Device("device")


def test_digest_does_not_tell_the_token() -> None:
    assert len(digest("invite")) == 32
    assert "invite" not in repr(Credentials(None, "invite"))
    assert "device" not in repr(DEVICE)
