"""Whether a server serves, by its settings and its data folder: STAND-4 of docs/protocol.md."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

import pytest

from optiverse_collab.errors import SettingsError
from optiverse_collab_server.cli.standing import here_for, log_standing, pair_for, post_for, retention_for
from optiverse_collab_server.config.settings import Settings
from optiverse_collab_server.standby.follow import Here
from optiverse_collab_server.standby.standing import Post, Standing, State, read_standing, write_standing
from optiverse_collab_server.storage import MemoryStore, Retention
from optiverse_collab_server.tls import Identity, machine_names
from tests.helpers.standby import promote

LINK = f"wss://first:8765/ws/default#t={'t' * 22}&pin={'p' * 43}"
KEY, PIN = b"k" * 32, "p" * 43
KEEP = Settings(keep_days=7, keep_mb=9)


def test_a_server_that_follows_once_stays_a_standby(tmp_path: Path) -> None:
    """STAND-4: until it is promoted."""
    assert post_for(Settings(follow=LINK), tmp_path, KEY).standing == Standing(State.STANDBY, 1, LINK)
    assert post_for(Settings(), tmp_path, KEY).standing == Standing(State.STANDBY, 1, LINK)


def test_a_server_that_was_replaced_can_follow(tmp_path: Path) -> None:
    """STAND-4: it keeps the term that it knows."""
    write_standing(tmp_path, Standing(State.DEPOSED, 3))
    assert post_for(Settings(follow=LINK), tmp_path, KEY).standing == Standing(State.STANDBY, 3, LINK)


@pytest.mark.parametrize("is_over", [False, True])
def test_a_promoted_server_stays_promoted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_over: bool
) -> None:
    """STAND-4: a service may start it with the same settings after years, also if it was replaced since."""
    post_for(Settings(follow=LINK), tmp_path, KEY)
    promote(tmp_path)
    if is_over:
        Post(tmp_path, KEY).meet(9)
    before = read_standing(tmp_path)
    assert post_for(Settings(follow=LINK), tmp_path, KEY).standing == before
    assert before.state is (State.DEPOSED if is_over else State.PRIMARY)
    assert "so it does not follow that one again. Leave --follow out" in caplog.text
    assert retention_for(Settings(follow=LINK, keep_days=7), tmp_path) == Retention(days=7)
    other = LINK.replace("first", "third")
    assert post_for(Settings(follow=other), tmp_path, KEY).standing.state is State.STANDBY


def test_a_link_that_is_none_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        post_for(Settings(follow="wss://first#t=short"), tmp_path, KEY)
    assert error.value.problems == [
        "--follow: The invite in the link has 5 characters, not 22; copy the whole link again."
    ]
    assert read_standing(tmp_path) == Standing()


@pytest.mark.parametrize("settings", [Settings(follow=LINK), Settings(sync_standby="always")])
def test_a_shared_store_has_no_standby(tmp_path: Path, settings: Settings) -> None:
    """STAND-1: other servers find everything there."""
    with pytest.raises(SettingsError) as error:
        pair_for(settings, tmp_path, MemoryStore(), KEY, None)
    assert error.value.problems[0].startswith("With --store, leave out --follow and --sync-standby")
    assert pair_for(Settings(), tmp_path, MemoryStore(), KEY, None) is None


def test_a_standby_keeps_all_history(tmp_path: Path) -> None:
    """STAND-3"""
    assert retention_for(KEEP, tmp_path) == Retention.of(7, 9)
    assert retention_for(Settings(keep_days=7, follow=LINK), tmp_path) == Retention()
    write_standing(tmp_path, Standing(State.STANDBY))
    assert retention_for(KEEP, tmp_path) == Retention()


def test_the_log_says_who_serves(caplog: pytest.LogCaptureFixture) -> None:
    """STAND-4: without the token."""
    with caplog.at_level(logging.INFO):
        for standing in (Standing(), Standing(term=2), *(Standing(s, 2, LINK) for s in list(State)[1:])):
            log_standing(standing)
    served, standby, deposed = caplog.messages
    assert served == "This server serves in term 2"
    assert standby == "This server is the standby of wss://first:8765; it serves nobody until it is promoted"
    assert deposed.startswith("Another server has taken over from this one (term 2), so it serves nobody.")


def test_participants_find_a_standby_where_it_listens() -> None:
    """STAND-9: a certificate of an authority has a name; a key of one's own is good at any address."""
    own, given = Identity(ssl.create_default_context(), PIN), Identity(ssl.create_default_context(), None)
    assert here_for(Settings(host="0.0.0.0"), 1, own) == Here("", 1, PIN, True)
    assert here_for(Settings(host="192.0.2.7"), 1, own) == Here("192.0.2.7", 1, PIN, True)
    assert here_for(Settings(host="0.0.0.0"), 1, given).host == machine_names("0.0.0.0")[0]
    assert here_for(Settings(), 1, None) == Here("127.0.0.1", 1, None, False)
