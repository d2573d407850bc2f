"""People see who follows them, and can decline; on a real server."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.scripting import Bench
from optiverse_collab.wording import bringing
from optiverse_collab.wording import following as texts
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click
from tests.helpers.windows import Desk
from tests.window.following_lab import Pair, canvas, id_of, told


@pytest.fixture
def both(qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str) -> Pair:
    return Pair(qtbot, *pair, server.url, session_id)


def test_view_is_sent_only_while_somebody_follows(both: Pair) -> None:
    """PRES-11."""
    canvas(both.ben).centerOn(500.0, 0.0)
    assert "view" not in both.state_of(both.ann, both.ben)
    both.start()
    both.until(lambda: "view" in both.state_of(both.ann, both.ben))
    both.ann.controller.people.following.stop()
    both.until(lambda: "view" not in both.state_of(both.ann, both.ben))


def test_followed_one_sees_who_follows(both: Pair) -> None:
    dock = both.ben.controller.people.open()
    both.start()
    both.until(lambda: told(both.ben) == [texts.follows_you("Ann")])
    both.until(lambda: any("follows you" in row(dock.people, place) for place in range(2)))
    both.ann.controller.people.following.stop()
    both.until(lambda: not both.ben.controller.people.followers.people)
    both.start()
    both.until(lambda: both.ben.controller.people.followers.people == {"ann"})
    assert told(both.ben) == [texts.follows_you("Ann")]  # once a minute is enough


def row(rows: object, place: int) -> str:
    found = rows.item(place)  # type: ignore[attr-defined]
    return "" if found is None else str(found.text())


def test_declining_ends_it_and_is_remembered(both: Pair) -> None:
    """PRES-11: `declines`."""
    both.start()
    both.until(lambda: told(both.ben) != [])
    [toast] = both.ben.controller.reports.toasts.shown
    click(toast.buttons[0])
    both.until(lambda: not both.follows)
    assert told(both.ann) == [texts.declined("Ben")]
    both.until(lambda: "declines" not in both.state_of(both.ann, both.ben))
    assert "view" not in both.state_of(both.ann, both.ben)
    both.start()
    both.until(lambda: not both.follows)
    assert "view" not in both.state_of(both.ann, both.ben)
    assert told(both.ben) == []
    assert len(both.ben.controller.connecting.settings.declined) == 1
    assert both.ben.controller.people.followers.is_declined("ann")


def test_somebody_may_be_allowed_again(both: Pair) -> None:
    people = both.ben.controller.people
    dock = people.open()
    both.until(lambda: dock.people.count() == 2)
    dock.people.setCurrentRow(0)
    dock.decline.trigger()
    assert people.followers.is_declined("ann")
    assert dock.decline.text() == texts.ALLOW
    dock.decline.trigger()
    assert not people.followers.is_declined("ann")
    both.start()
    both.until(lambda: people.followers.people == {"ann"})


def test_whoever_hides_their_activity_is_not_followed(both: Pair) -> None:
    """PRES-11, PRES-15."""
    both.start()
    both.until(lambda: "view" in both.state_of(both.ann, both.ben))
    hides = both.ben.controller.privacy.hides_activity
    hides.flip()
    both.until(lambda: not both.follows)
    both.until(lambda: "view" not in both.state_of(both.ann, both.ben))
    assert texts.declined("Ben") in told(both.ann)
    hides.flip()
    both.until(lambda: "declines" not in both.state_of(both.ann, both.ben))
    both.start()
    both.until(lambda: "view" in both.state_of(both.ann, both.ben))


def test_any_person_can_be_declined(both: Pair) -> None:
    """Others' names and ids may be any text."""
    followers = both.ben.controller.people.followers
    for person in ("", "a\nb", "x" * 60_000, "ß"):
        followers.decline(person)
        assert followers.is_declined(person)
        assert not followers.is_declined("ann")
        followers.allow(person)
        assert not followers.is_declined(person)


def test_without_a_session_nobody_follows(both: Pair) -> None:
    both.start()
    followers = both.ben.controller.people.followers
    both.until(lambda: followers.people == {"ann"})
    both.ben.manager.leave()
    assert followers.people == frozenset()


def test_a_script_that_follows_or_calls_is_named_as_one(both: Pair) -> None:
    """PRES-18"""
    manager = both.ben.manager
    with Bench(manager.server_url, session=manager.session_id, user="Bot") as bot:
        bot.show_presence(follows=id_of(both.ben))
        both.until(lambda: texts.follows_you("Bot (script)") in told(both.ben))
        bot.show_presence(follows=None, bring={"n": 1, "view": [0.0, 0.0, 100.0, 100.0]})
        both.until(lambda: bringing.asked("Bot (script)") in told(both.ben))
        assert "Bot (script)" in both.ben.controller.pointing.others().values()
