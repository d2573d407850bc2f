"""The settings that are remembered, and what happens if their file is damaged."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings

from optiverse_collab.core.client.people import COLOURS
from optiverse_collab.manifest import load
from optiverse_collab.window.settings import MOST_MUTED, Choice, RecentSession, Settings
from tests.helpers import processes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    return tmp_path


def test_damaged_values_count_as_not_there(folder: Path) -> None:
    path = folder / "optiverse-collab" / "optiverse-collab.ini"
    path.parent.mkdir()
    path.write_text("[General]\nport=many\nrecent=@Invalid()\nserver_url=\nuser=@ByteArray(x)\n", "utf-8")
    settings = Settings(load().settings)
    assert settings.port == 8765
    assert settings.recent == []
    assert settings.server_url == "ws://localhost:8765"
    assert settings.user == platform.node()


def test_values_outlive_the_program(folder: Path) -> None:
    settings = Settings(load().settings)
    settings.remember_join("ws://lab:1", "Zoë ☃", "me")
    settings.remember_server(9000, "0.0.0.0", "Zoë")
    settings._store.sync()
    again = Settings(load().settings)
    assert (again.server_url, again.session, again.user) == ("ws://lab:1", "Zoë ☃", "Zoë")
    assert (again.port, again.listen) == (9000, "0.0.0.0")


CHOOSES = """
import sys
from PyQt6.QtCore import QSettings
from optiverse_collab.manifest import load
from optiverse_collab.window.settings import Choice, Settings
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])
settings = Settings(load().settings)
print([choice.name for choice in Choice if settings.has_chosen(choice)], settings.muted)
settings.choose(Choice.HIDE_ACTIVITY, True)
settings.muted = {"p1": "Ana"}
"""


def test_another_program_has_it_at_its_next_start(folder: Path) -> None:
    """PRES-15, PRES-16: and two programs that run at once keep each other's choices."""
    settings = Settings(load().settings)
    settings.choose(Choice.HIDE_CURSOR, True)
    settings._store.sync()
    found = []
    for _ in range(2):
        ended = processes.run_python("-c", CHOOSES, str(folder))
        assert ended.code == 0, ended.errors
        found.append(ended.output.strip())
        settings.choose(Choice.QUIET, True)
        settings._store.sync()
    assert found == ["['HIDE_CURSOR'] {}", "['QUIET', 'HIDE_CURSOR', 'HIDE_ACTIVITY'] {'p1': 'Ana'}"]
    assert settings.has_chosen(Choice.HIDE_ACTIVITY)


def test_recent_sessions_are_few_and_the_last_comes_first(folder: Path) -> None:
    settings = Settings(load().settings)
    for n in range(20):
        settings.remember_join("ws://lab:1", f"s{n}", "me")
    settings.remember_join("ws://lab:1", "s15", "me")
    settings.remember_join("ws://lab:1", "line\nbreak\tand tab", "me")
    assert settings.recent[0] == RecentSession("ws://lab:1", "s15")
    assert len(settings.recent) == 8
    assert all("line" not in recent.session for recent in settings.recent)


@pytest.mark.parametrize("choice", Choice)
def test_what_a_user_chose_is_remembered(folder: Path, choice: Choice) -> None:
    settings = Settings(load().settings)
    assert not settings.has_chosen(choice)
    settings.choose(choice, True)
    again = Settings(load().settings)
    assert [one for one in Choice if again.has_chosen(one)] == [choice]
    settings.choose(choice, False)
    assert not Settings(load().settings).has_chosen(choice)


def test_a_user_stays_the_same_person(folder: Path) -> None:
    """PRES-8"""
    settings = Settings(load().settings)
    first = settings.introduction
    assert len(first.person) == 16
    assert 0 <= first.wish < COLOURS
    settings._store.sync()
    again = Settings(load().settings)
    assert again.introduction == first
    for wish, expected in (("3", 3), ("10", first.wish), ("-1", first.wish), ("red", first.wish)):
        again._store.setValue("colour", wish)
        assert again.introduction == (first.person, expected)


def test_the_last_200_declined_people_are_remembered(folder: Path) -> None:
    settings = Settings(load().settings)
    assert settings.declined == []
    settings.declined = [str(n) for n in range(250)]
    settings._store.sync()
    assert Settings(load().settings).declined == [str(n) for n in range(50, 250)]


def test_whom_a_user_muted_is_remembered(folder: Path) -> None:
    """Only the most recent people; an id that would break the list is left out."""
    settings = Settings(load().settings)
    assert settings.muted == {}
    settings.muted = {"p1": "Ana\n", "p\n2": "Ben", "p3": "Zoë, \u2028"}
    assert Settings(load().settings).muted == {"p1": "Ana\\n", "p3": "Zoë, \\u2028"}
    settings.muted = {f"p{number}": "x" for number in range(MOST_MUTED + 5)}
    assert len(settings.muted) == MOST_MUTED
    settings.muted = {}
    assert Settings(load().settings).muted == {}
