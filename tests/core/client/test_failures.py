"""Which failures another attempt may fix: CONN-4 in docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.close_codes import CloseCode, ends_session, may_retry

Kind = FailureKind

HELPS = {
    Kind.UNKNOWN_HOST: True,
    Kind.REFUSED: True,
    Kind.UNREACHABLE: True,
    Kind.NETWORK: True,
    Kind.BROKEN_OFF: True,
    Kind.WANTS_TLS: False,
    Kind.NO_TLS: False,
    Kind.UNTRUSTED: False,
    Kind.WRONG_KEY: False,
    Kind.HTTP: False,
    Kind.NO_WEBSOCKET: False,
    Kind.LATE: True,
    Kind.NOT_LET_IN: True,
    Kind.WRONG_SERVER: False,
    Kind.HOST_LEFT: True,
    Kind.CLOSED: True,
    Kind.SILENT: True,
    Kind.EPOCH_CHANGED: False,
    Kind.RESTORED: False,
    Kind.CLIENT_ERROR: False,
}
"""Whether another attempt may help, unless the close code says otherwise."""


@pytest.mark.parametrize("kind", Kind)
def test_whether_another_attempt_may_help(kind: Kind) -> None:
    assert Failure(kind).may_retry is HELPS[kind]
    assert Failure(kind).ends_session is (kind in (Kind.EPOCH_CHANGED, Kind.RESTORED))


@pytest.mark.parametrize("code", [*CloseCode, 4999])
def test_a_close_is_judged_by_its_code(code: int) -> None:
    """CLOSE-2."""
    assert Failure(Kind.CLOSED, code).may_retry is may_retry(code)
    assert Failure(Kind.CLOSED, code).ends_session is ends_session(code)


@pytest.mark.parametrize(
    ("status", "helps"),
    [
        *[(status, False) for status in (101, 200, 302, 400, 401, 403, 404, 501)],
        *[(status, True) for status in (408, 425, 429, 500, 502, 503, 504, 511)],
    ],
)
def test_an_http_answer_is_judged_by_its_status(status: int, helps: bool) -> None:
    assert Failure(Kind.HTTP, status).may_retry is helps
    assert not Failure(Kind.HTTP, status).ends_session


def test_word_counts_where_its_code_says_too_little() -> None:
    """CLOSE-2."""
    assert Failure.of_close(4401, "expired") == Failure(Kind.CLOSED, 4401, "expired")
    assert Failure.of_close(1001, "moved") == Failure(Kind.CLOSED, 1001, "moved")
    assert Failure.of_close(1001, "restarting") == Failure(Kind.CLOSED, 1001)
    assert Failure.of_close(4409, "replaced") == Failure(Kind.CLOSED, 4409)


def test_a_server_that_was_replaced_says_where_to_go() -> None:
    """STAND-11"""
    assert Failure.of_close(4421, "deposed ws://second:1").elsewhere == "ws://second:1"
    assert Failure.of_close(4421, "standby").elsewhere == ""
    assert Failure.of_close(1001, "moved").elsewhere == ""


def test_codes_that_want_another_token() -> None:
    """RIGHT-4."""
    assert Failure(Kind.CLOSED, 4401).needs_token
    assert Failure(Kind.CLOSED, 4403).needs_token
    assert not Failure(Kind.CLOSED, 4409).needs_token
    assert not Failure(Kind.HTTP, 4401).needs_token
