"""Whose presence changed since a moment ago."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.presence import Presence
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui.presence_news import News, PresenceNews


class Stage:
    """Ana and Ben, and their presence."""

    def __init__(self) -> None:
        self.news = PresenceNews()
        self.presence = Presence(Limits())
        self.participants = {id: Participant(id, id, "t") for id in ("ana", "ben")}
        self.show("ana", cursor=[0.0, 0.0], selection=["lens"])
        self.show("ben", cursor=[0.0, 0.0], activity={"lens": "drag"})

    def show(self, id: str, **state: Any) -> None:
        """Change somebody's presence."""
        self.presence.update(id, state)

    def look(self) -> tuple[set[str], bool]:
        """Whose presence changed, and whether the change is about items."""
        news: News = self.news.look(self.presence.states, self.participants)
        assert all(self.presence.states[id] is state for id, state in news.changed.items())
        return set(news.changed), news.about_items


def test_at_first_all_is_new_and_then_what_changes() -> None:
    stage = Stage()
    assert stage.look() == ({"ana", "ben"}, True)
    assert stage.look() == (set(), False)
    stage.show("ben", cursor=[1.0, 0.0])
    assert stage.look() == ({"ben"}, False)
    stage.show("ana", selection=[])
    assert stage.look() == ({"ana"}, True)
    stage.show("ben", activity=None)
    assert stage.look() == ({"ben"}, True)
    stage.news.forget()
    assert stage.look() == ({"ana", "ben"}, True)


def test_whoever_comes_leaves_or_is_away_is_news_about_items() -> None:
    stage = Stage()
    stage.look()
    stage.participants["ana"] = structs.replace(stage.participants["ana"], away=True)
    assert stage.look() == (set(), True)
    assert stage.look() == (set(), False)
    del stage.participants["ana"]
    assert stage.look() == (set(), True)
    assert stage.news.ids == ["ben"]
    stage.participants["cem"] = Participant("cem", "cem", "t")
    assert stage.look() == (set(), False)
    stage.show("cem", cursor=[0.0, 0.0])
    assert stage.look() == ({"cem"}, True)
