"""A participant's computer keeps a standby copy of the host's server, and can take its place (STAND-10)."""

from __future__ import annotations

import importlib.util
import logging
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.access import may_manage
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client import standby_offers as offers
from optiverse_collab.core.client.access_effects import AccessDenied, InviteMade
from optiverse_collab.core.client.host_watch import HOSTS
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.client.shown import Shown
from optiverse_collab.core.protocol.access import AccessInvite
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.lan import is_here
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.standby_server import StandbyServer
from optiverse_collab.window.ui.toasts import Toast, Toasts
from optiverse_collab.wording import standby_copy as texts

TOKEN_BYTES = 16
"""128 bits, too many to guess."""


class _Asked(NamedTuple):
    """An offer that the host's user sees, or has allowed.

    Attributes:
        toast: while it is open.
        request: to the server, once it is allowed.
    """

    offer: str
    participant: Participant
    toast: Toast | None = None
    request: AccessInvite | None = None


class StandbyCopy(QObject):
    """Offers to keep a copy, or asks the user who hosts about others' offers.

    Args:
        manager: the session.
        toasts: ask the user, and say what others answer.

    Attributes:
        manager: as given.
        server: the standby on this computer.

    Signals:
        changed: whether the user can offer a copy, or host now.
    """

    changed = pyqtSignal()

    def __init__(self, manager: CollaborationManager, toasts: Toasts, parent: QObject) -> None:
        super().__init__(parent)
        self.server = StandbyServer(manager.service, manager.background, self)
        self.manager, self._toasts = manager, toasts
        self._token = ""
        self._suggested = ""
        self._suggestion: Toast | None = None
        self._notice: Toast | None = None
        self._asked: _Asked | None = None
        self._declined: set[str] = set()
        self._shown = Shown(_said)
        self.server.completed.connect(self._on_completed)
        self.server.failed.connect(self._on_failed)
        self.server.took_over.connect(self._on_took_over)
        toasts.changed.connect(self._on_toasts_changed)
        manager.service.happened.connect(self._on_happened)
        manager.service.outage_changed.connect(self.changed)
        manager.service.standby_found.connect(self.refresh)
        manager.participants_changed.connect(self.refresh)
        manager.status_changed.connect(self.refresh)

    @property
    def can_offer(self) -> bool:
        """Whether this computer could keep a copy, and nobody's does."""
        return self._host is not None and not self._token and not self._is_kept

    @property
    def can_host(self) -> bool:
        """Whether there is no connection, and this computer can take the server's place."""
        return self.server.has_everything and self.manager.service.outage is not None

    @pyqtSlot()
    def offer(self) -> None:
        """Offer the host to keep a copy."""
        host = self._host
        if host is not None and self.can_offer:
            self._token = secrets.token_urlsafe(TOKEN_BYTES)
            self.manager.service.show({offers.OFFER: offers.hash_of(self._token)})
            self._notify(texts.offered(host))
            self.changed.emit()

    @pyqtSlot()
    def host_now(self) -> None:
        """Take the server's place."""
        if self.can_host:
            self.server.take_over()

    @pyqtSlot()
    def refresh(self) -> None:
        """Others came or went, or their presence changed; or the session came or went."""
        session = self.manager.session
        if session is None:
            self._forget()
        elif session.me is not None:
            self._shown.look(session.participants, session.presence.states)
            self._hear_answer(session)
            self._hear_offers(session)
        self._suggest()
        self.changed.emit()

    def close(self) -> None:
        """The window closes."""
        self.server.stop()

    # The user's offer

    @property
    def _host(self) -> Participant | None:
        """The host, if the user's offer to them makes sense."""
        session = self.manager.session
        if session is None or session.me is None or not offers.may_offer(session.replica.rights.role):
            return None
        host = offers.host_of(session.participants, session.presence.states)
        has_server = importlib.util.find_spec("optiverse_collab_server") is not None
        return host if has_server and self.manager.hosting.pid is None else None

    @property
    def _is_kept(self) -> bool:
        session = self.manager.session
        return session is not None and session.safekeeping.has_standby

    def _suggest(self) -> None:
        """Say once a session that this computer can keep a copy."""
        host, place = self._host, f"{self.manager.session_id} {self.manager.server_url}"
        is_new = self._suggested != place and not is_here(self.manager.server_url)
        if host is not None and is_new and self.can_offer:
            self._suggested = place
            self._suggestion = self._toasts.show(texts.suggestion(host), [(texts.KEEP, self.offer)])
        elif self._suggestion is not None and not self.can_offer:
            self._toasts.remove(self._suggestion)
            self._suggestion = None

    def _hear_answer(self, session: SessionClient) -> None:
        if not self._token or self.server.runs:
            return
        host = offers.host_of(session.participants, session.presence.states)
        offer = offers.hash_of(self._token)
        taken = offers.answer_to(offer, session.participants, session.presence.states)
        if host is None:
            return
        if taken:
            self._notify(texts.copying(host))
            self.server.start(self._token, self.manager.session_id)
        elif taken is False or self._is_kept:
            self._notify(texts.TAKEN if self._is_kept else texts.declined(host))
            self._withdraw()

    def _withdraw(self) -> None:
        if self._token:
            self._token = ""
            self.manager.service.show({offers.OFFER: None})

    @pyqtSlot()
    def _on_completed(self) -> None:
        self._notify(texts.COMPLETE)
        self.changed.emit()

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        self.manager.log(logging.ERROR, f"✗ {sentence}")
        self._toasts.show(sentence, urgent=True)
        if not self.server.runs:
            self._withdraw()
        self.changed.emit()

    @pyqtSlot()
    def _on_took_over(self) -> None:
        self._withdraw()
        self.changed.emit()

    # Others' offers

    def _hear_offers(self, session: SessionClient) -> None:
        found = {
            id: offer
            for id, one in session.participants.items()
            if (offer := offers.offer_in(one, session.presence.states.get(id, {}))) is not None
        }
        asked = self._asked
        if asked is not None and found.get(asked.participant.connection_id) != asked.offer:
            self._drop()
        may_answer = self.manager.hosting.pid is not None and may_manage(session.replica.rights.role)
        if not may_answer or self._asked is not None or self._is_kept:
            return
        for id, offer in found.items():
            if id not in self._declined:
                self._ask(session.participants[id], offer)
                return

    def _ask(self, participant: Participant, offer: str) -> None:
        text, asked = texts.asked(participant), _Asked(offer, participant)
        self.manager.log(logging.INFO, f"← {text}")
        answers = [(texts.ALLOW, partial(self._allow, asked)), (texts.NOT_NOW, partial(self._decline, asked))]
        toast = self._toasts.show(text, answers)
        if toast is None:  # the user wants quiet
            self._decline(asked)
        else:
            self._asked = asked._replace(toast=toast)

    @pyqtSlot()
    def _on_toasts_changed(self) -> None:
        """A notice that the user dismissed is an answer, too: nobody waits for one that never comes."""
        asked = self._asked
        if asked is not None and asked.request is None and asked.toast not in self._toasts.shown:
            self._decline(asked)

    def _allow(self, asked: _Asked) -> None:
        session = self.manager.session
        if session is not None and self._asked is not None and self._asked.offer == asked.offer:
            request = session.access.let_follow(asked.offer, asked.participant.user_id)
            self._asked = asked._replace(request=request)
            self.manager.service.wake()

    def _decline(self, asked: _Asked) -> None:
        self._declined.add(asked.participant.connection_id)
        self._asked = None
        self.manager.service.show({offers.ANSWER: offers.answer(asked.offer, False)})

    def _drop(self) -> None:
        asked, self._asked = self._asked, None
        if asked is not None and asked.toast is not None:
            self._toasts.remove(asked.toast)

    def _forget(self) -> None:
        """The session is over: so is the copy."""
        self._drop()
        self._declined.clear()
        if self.server.runs:
            self.server.stop()
            self.manager.log(logging.INFO, texts.ENDED)
        self._withdraw()

    # The rest

    def _notify(self, sentence: str) -> None:
        """Say how it stands with a copy, in place of the last sentence."""
        self.manager.log(logging.INFO, sentence)
        if self._notice is not None:
            self._toasts.remove(self._notice)
        self._notice = self._toasts.show(sentence, urgent=True)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        asked = self._asked
        session = self.manager.session
        if isinstance(effect, fx.PresenceChanged) and session is not None:
            if self._shown.look(session.participants, session.presence.states, effect.changed):
                self.refresh()
        elif asked is None or asked.request is None:
            return
        elif isinstance(effect, InviteMade) and effect.asked is asked.request:
            self.manager.service.show({offers.ANSWER: offers.answer(asked.offer, True)})
            self._notify(texts.agreed(asked.participant))
        elif isinstance(effect, AccessDenied) and effect.asked is asked.request:
            self._notify(texts.not_allowed(asked.participant, effect.message))
            self._decline(asked)


def _said(_: Participant, state: Mapping[str, Any]) -> str | None:
    """What a participant's presence says about hosting and copies; most presence is cursors."""
    said = [state.get(key) for key in (HOSTS, offers.OFFER, offers.ANSWER)]
    return None if said == [None] * 3 else repr(said)
