"""Possible faults in the decisions when to connect, to wait and to give up."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client import connector, failures
from optiverse_collab.core.client.backoff import FIRST_S, Backoff
from optiverse_collab.core.client.connection_effects import DropConnection, Ended
from optiverse_collab.core.client.connector import Connector, Effect, _Phase
from optiverse_collab.core.client.effects import EpochChanged, SessionEffect
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.liveness import STOOD_STILL_MS, Liveness
from optiverse_collab.core.client.questions import Questions
from optiverse_collab.core.protocol.close_codes import ends_session, may_retry
from tests.core.simulation.mutation import Mutations

CONNECTOR_MUTATIONS = Mutations()
_mutation = CONNECTOR_MUTATIONS.add

_follow, _leave, _over, _timer_due = Connector._follow, Connector.leave, Connector._over, Connector.timer_due
_hang_up, _is_dead = Connector._hang_up, Liveness.is_dead
_comes_back_after = Connector._comes_back_after

_CUT = Failure(FailureKind.CLOSED, 1006)


@_mutation("A client that was replaced connects again (CONN-4).", (failures, "ends_session"))
def retry_after_4409(code: int) -> bool:
    return code != 4409 and ends_session(code)


@_mutation("One that had synchronised gives up where a new one would (CONN-4).", (failures, "ends_session"))
def codes_are_final_at_any_time(code: int) -> bool:
    return not may_retry(code)


@_mutation("A first attempt is repeated after any code (CONN-4).", (failures, "may_retry"))
def no_code_ends_a_first_attempt(code: int) -> bool:
    return True


@_mutation("A portal on the way ends the session (CONN-4).", (Connector, "_comes_back_after"))
def portals_end_a_session(self: Connector, failure: Failure) -> bool:
    return _comes_back_after(self, failure) and failure.may_retry


@_mutation(
    "After a close with a code that nobody defined, a client gives up (CLOSE-2).", (failures, "ends_session")
)
def unknown_codes_are_final(code: int) -> bool:
    return code == 4999 or ends_session(code)


@_mutation("A connection that breaks does not come back (CONN-2).", (failures, "ends_session"))
def give_up_after_a_cut(code: int) -> bool:
    return code == 1006 or ends_session(code)


@_mutation("Every wait is the shortest (CONN-3).", (Backoff, "next_s"))
def waits_do_not_grow(self: Backoff) -> float:
    return FIRST_S * (0.5 + 0.5 * self._chance())


@_mutation("Waits grow without a limit (CONN-3).", (Backoff, "next_s"))
def waits_without_a_limit(self: Backoff) -> float:
    self._attempts += 1
    return FIRST_S * 2.0 ** (self._attempts - 1) * (0.5 + 0.5 * self._chance())


@_mutation("All clients come back at the same moment, or without a wait (CONN-3).", (Backoff, "next_s"))
def chance_takes_all_of_a_wait(self: Backoff) -> float:
    self._attempts += 1
    return min(30.0, FIRST_S * 2.0 ** (self._attempts - 1)) * self._chance()


@_mutation("A connection that never synchronised makes waits short again (CONN-3).", (Connector, "_hang_up"))
def any_connection_makes_waits_short(self: Connector) -> bool:
    was_in = _hang_up(self)
    if was_in:
        self._backoff.reset()
    return was_in


@_mutation("The waits never get short again (CONN-3).", (Backoff, "reset"))
def waits_are_never_forgotten(self: Backoff) -> None:
    pass


@_mutation(
    "A first attempt that fails is repeated, though nobody asked for it (CONN-2).", (Connector, "_over")
)
def first_attempt_repeated(self: Connector, failure: Failure) -> list[Effect]:
    self._was_synced = True
    return _over(self, failure)


@_mutation("Patience ends with the first attempt that fails after it (CONN-2).", (Connector, "_over"))
def patience_ends(self: Connector, failure: Failure) -> list[Effect]:
    effects = _over(self, failure)
    self._patient = self._was_synced = False
    return effects


@_mutation("The connection before is not dropped (CONN-6).", (Connector, "_over"))
def old_connection_kept(self: Connector, failure: Failure) -> list[Effect]:
    return [effect for effect in _over(self, failure) if not isinstance(effect, DropConnection)]


@_mutation("It is said that no attempt comes, and one comes (CONN-4).", (Connector, "_over"))
def retry_after_giving_up(self: Connector, failure: Failure) -> list[Effect]:
    effects = _over(self, failure)
    if isinstance(effects[-1], Ended):
        self._phase = _Phase.WAITING
    return effects


@_mutation("Another history is met again and again (CLK-3).", (Connector, "_over"))
def another_history_is_retried(self: Connector, failure: Failure) -> list[Effect]:
    return _over(self, _CUT if failure.kind is FailureKind.EPOCH_CHANGED else failure)


@_mutation("Another history is not the end of a connection (CLK-3).", (Connector, "_follow"))
def another_history_goes_on(self: Connector, effects: Sequence[SessionEffect]) -> Sequence[Effect]:
    return _follow(self, [effect for effect in effects if not isinstance(effect, EpochChanged)])


@_mutation("A server that says nothing any more is waited for (HB-3).", (Connector, "_follow"))
def silence_is_borne(self: Connector, effects: Sequence[SessionEffect]) -> Sequence[Effect]:
    return _follow(self, [effect for effect in effects if not isinstance(effect, DropConnection)])


@_mutation("Whoever stood still blames the server (HB-3).", (Liveness, "is_dead"))
def own_stop_counts_as_silence(self: Liveness, now_ms: float) -> bool:
    while now_ms - self._looked_ms > STOOD_STILL_MS:
        if _is_dead(self, self._looked_ms + STOOD_STILL_MS):
            return True
    return _is_dead(self, now_ms)


@_mutation("What arrives is no sign of life (HB-3).", (Liveness, "stirred"))
def arrivals_do_not_count(self: Liveness) -> None:
    pass


@_mutation("An edit without an answer is no question (HB-3).", (Questions, "pushed"))
def only_pings_are_questions(self: Questions, last: int, now_ms: float) -> None:
    pass


@_mutation("A ping without an answer is no question (HB-3).", (Questions, "pinged"))
def only_edits_are_questions(self: Questions, now_ms: float) -> None:
    pass


@_mutation("The time of the attempt ends the connection that it led to (CONN-1).", (Connector, "timer_due"))
def late_after_being_let_in(self: Connector) -> Sequence[Effect]:
    if self._phase is _Phase.IN:
        return _over(self, Failure(FailureKind.LATE, self._open_s))
    return _timer_due(self)


@_mutation("A server that never lets anybody in is waited for (CONN-1).", (Connector, "timer_due"))
def no_attempt_is_late(self: Connector) -> Sequence[Effect]:
    return [] if self._phase is _Phase.OPENING else _timer_due(self)


@_mutation("When the time to wait is over, nothing happens (CONN-2).", (Connector, "timer_due"))
def no_attempt_after_a_wait(self: Connector) -> Sequence[Effect]:
    return [] if self._phase is _Phase.WAITING else _timer_due(self)


@_mutation("Whoever doesn't want to wait has to (CONN-7).", (Connector, "retry_now"))
def no_wait_is_cut_short(self: Connector) -> Sequence[Effect]:
    return []


@_mutation("A connection in order is dropped to try another (CONN-7).", (Connector, "retry_now"))
def retry_while_connected(self: Connector) -> Sequence[Effect]:
    return self._attempt()


@_mutation("It is forgotten how the connection was lost (CONN-7).", (connector, "Outage"))
def nothing_is_known_of_an_outage(cause: Failure, latest: Failure) -> None:
    pass


@_mutation("Who has left while waiting comes back (CONN-2).", (Connector, "leave"))
def leaving_ends_no_wait(self: Connector) -> Sequence[Effect]:
    phase, effects = self._phase, _leave(self)
    if phase is _Phase.WAITING:
        self._phase = phase
    return effects


@_mutation("Whatever a server says first, it is ours (CONN-6).", (Connector, "receive"))
def any_server_lets_in(self: Connector, text: str, now_ms: float) -> Sequence[Effect]:
    if self._phase is _Phase.OPENING:
        self._session.opened(now_ms)
        self._phase = _Phase.IN
    return _follow(self, self._session.receive(text, now_ms))


@_mutation("What comes late from a dropped connection counts (CONN-6).", (Connector, "failed"))
def late_news_counts(self: Connector, failure: Failure) -> Sequence[Effect]:
    return _over(self, failure)


@_mutation("Nobody asks whether a server wants TLS (CONN-5).", (Connector, "failed"))
def no_question_for_tls(self: Connector, failure: Failure) -> Sequence[Effect]:
    return _over(self, failure) if self._phase in (_Phase.OPENING, _Phase.IN) else []


@_mutation("A server that wants TLS is asked again and again (CONN-4).", (Connector, "probed"))
def answer_for_tls_ignored(self: Connector, speaks_tls: bool) -> Sequence[Effect]:
    return _over(self, Failure(FailureKind.BROKEN_OFF))


@_mutation("A session is not told that its connection is over (PRES-4).", (Connector, "_hang_up"))
def session_not_told(self: Connector) -> bool:
    self._synced = False
    return self._phase is _Phase.IN


@_mutation("Nobody notices that a connection has synchronised (CONN-2).", (connector, "Synced"))
def synchronisation_unnoticed(full: bool, records: int) -> None:
    pass
