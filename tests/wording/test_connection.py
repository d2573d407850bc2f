"""The texts that users read about their connection."""

from __future__ import annotations

import logging

import pytest

from optiverse_collab.core.client import connection_effects as fx
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.close_codes import CloseCode, CloseReason
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.wording import connection

Kind = FailureKind

URL = "ws://lab:8765/ws/default/ann"
REPLACED = Failure(Kind.CLOSED, 4409)
REFUSED = Failure(Kind.REFUSED)

SENTENCES = {
    Kind.UNKNOWN_HOST: "There is no host called lab; check its spelling and the network or VPN.",
    Kind.REFUSED: "Nothing answers at lab:8765; start optiverse-collab-server, or check the address.",
    Kind.UNREACHABLE: "This computer has no network route to lab; check the network or VPN.",
    Kind.NETWORK: "lab:8765 can't be reached: Odd; check the network.",
    Kind.BROKEN_OFF: "lab:8765 broke off the handshake; it may be restarting, or be another server.",
    Kind.WANTS_TLS: "lab:8765 requires an encrypted connection; write wss:// instead of ws://.",
    Kind.NO_TLS: "lab:8765 does not speak TLS; write ws:// instead of wss:// to connect without encryption.",
    Kind.UNTRUSTED: (
        "The certificate of lab:8765 is not trusted here (Odd); ask whoever runs it for a link with its key."
    ),
    Kind.WRONG_KEY: (
        "The server at lab:8765 has a different key from the one in your link, so nothing was sent to it; "
        "ask whoever runs it for a new link."
    ),
    Kind.HTTP: "lab:8765 is not a collaboration server (it answered HTTP 1006); check the address.",
    Kind.NO_WEBSOCKET: "lab:8765 is not a WebSocket server; check the address and port.",
    Kind.NOT_LET_IN: (
        "No owner of the session let you in within 1006 s; ask one to open it, and connect again."
    ),
    Kind.LATE: "lab:8765 did not answer within 1006 s; check the address, the network and the firewall.",
    Kind.WRONG_SERVER: (
        f"The server at lab:8765 does not speak {SUBPROTOCOL}; start optiverse-collab-server in its place."
    ),
    Kind.HOST_LEFT: (
        "Odd's editor, which hosts this session, was closed; your edits are kept until it opens again."
    ),
    Kind.CLOSED: "The connection broke off: the network or the server went away.",
    Kind.SILENT: "The server sent nothing for 1006 s; check the network or the server.",
    Kind.EPOCH_CHANGED: (
        "The session on the server has a different history from the one followed here, so nothing was "
        "merged, and 1006 changes of yours did not reach it; save your bench if you need it, and connect "
        "again to see what the server has."
    ),
    Kind.RESTORED: (
        "The server was restored from a backup of Odd., or a standby took over then. It lacks the last 1006 "
        "changes of this session, so nothing was merged. Your bench still has them: save it, and connect "
        "again to bring them back."
    ),
    Kind.CLIENT_ERROR: "The client had an internal error: Odd; please report it.",
}
"""The sentence for each kind, with the number 1006 and the detail ``Odd.``."""


@pytest.mark.parametrize("kind", Kind)
def test_every_failure_has_a_sentence(kind: FailureKind) -> None:
    assert connection.sentence(Failure(kind, 1006, "Odd."), URL) == SENTENCES[kind]


@pytest.mark.parametrize(
    ("failure", "url", "part"),
    [
        (REFUSED, "ws://lab/ws/default/ann", "at lab; the port is missing, usually :8765; start"),
        (Failure(Kind.BROKEN_OFF), "wss://lab/ws/default/ann", "or want ws:// instead of wss://."),
        (Failure(Kind.LATE, 0.25), URL, "within 0.25 s"),
        (Failure(Kind.NETWORK), URL, "can't be reached: no reason was given; check"),
        (Failure(Kind.UNTRUSTED, detail="a\nb"), URL, "(a\\nb)"),
        (Failure(Kind.RESTORED, 1, "2026-05-03T09:05:30.000Z"), URL, "It lacks the last 1 change of"),
        (Failure(Kind.CLOSED, 4421), URL, "Another server serves this session now; connect to that one"),
        (Failure(Kind.CLOSED, 4421, "wss://b:1#pin=x"), URL, "wss://b:1 has taken over from this server; if"),
        (Failure(Kind.EPOCH_CHANGED), URL, "nothing was merged; save your bench"),
        (Failure(Kind.EPOCH_CHANGED, 1), URL, "merged, and 1 change of yours did not reach it;"),
    ],
)
def test_sentence_says_what_is_known(failure: Failure, url: str, part: str) -> None:
    assert part in connection.sentence(failure, url)


@pytest.mark.parametrize(
    ("effect", "level", "text"),
    [
        (fx.OpenConnection(10.0), logging.INFO, f"→ Connecting to: {URL}"),
        (
            fx.ConnectionLost(REPLACED),
            logging.WARNING,
            "✗ Disconnected from session 'default\\n' - A newer connection of yours has replaced this one.",
        ),
        (fx.AttemptFailed(REFUSED), logging.INFO, f"✗ {SENTENCES[Kind.REFUSED]}"),
        (fx.RetryAfter(0.42), logging.INFO, "Trying again in 0.4 s"),
        (
            fx.Ended(None, was_in=True),
            logging.INFO,
            "✓ Disconnected from session 'default\\n' - Normal closure",
        ),
        (
            fx.Ended(REPLACED, was_in=True),
            logging.ERROR,
            "✗ You are no longer in the session. Your bench is unchanged; connect again to rejoin.",
        ),
        (fx.Ended(REFUSED, was_in=False), logging.ERROR, f"✗ {SENTENCES[Kind.REFUSED]}"),
    ],
)
def test_line_of_the_log(effect: fx.ConnectorEffect, level: int, text: str) -> None:
    """The lines that users know; nobody can forge one."""
    assert connection.lines(effect, "default\n", URL) == [(level, text)]


@pytest.mark.parametrize("effect", [fx.ProbeTls(2.0), fx.CloseConnection(), fx.DropConnection()])
def test_no_line(effect: fx.ConnectorEffect) -> None:
    assert connection.lines(effect, "default", URL) == []


def test_how_it_ended_for_good() -> None:
    assert connection.ending(fx.Ended(REFUSED, was_in=False), URL) == SENTENCES[Kind.REFUSED]
    assert connection.ending(fx.Ended(None, was_in=True), URL) == connection.LEFT


@pytest.mark.parametrize(
    ("failure", "code"),
    [(REPLACED, 4409), (Failure(Kind.SILENT, 75), 1006), (Failure(Kind.EPOCH_CHANGED, 1), 0)],
)
def test_where_an_end_was_noticed(failure: Failure, code: int) -> None:
    assert connection.noticed(failure, ["a\n", "b\n"]) == (
        logging.DEBUG,
        f"Close code {code}; noticed at:\na\nb\n",
    )


@pytest.mark.parametrize("code", [*CloseCode, 0, 3000, 4999])
def test_every_close_code_has_a_sentence(code: int) -> None:
    """CLOSE-2: even one that nobody has defined."""
    sentence = connection.closed(code)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert ("unknown code" in sentence) == (code not in set(CloseCode))


def test_every_word_about_tokens_has_a_sentence() -> None:
    """CLOSE-2, RIGHT-4: one code, but different advice."""
    words = [reason for reason in CloseReason if reason.code in (CloseCode.UNAUTHORIZED, CloseCode.FORBIDDEN)]
    sentences = [connection.sentence(Failure.of_close(one.code, one.word), URL) for one in words]
    assert len(set(sentences)) == len(words) == 7
    assert connection.sentence(Failure.of_close(4401, "a newer word"), URL) == connection.closed(4401)
    assert connection.sentence(Failure.of_close(4409, "expired"), URL) == connection.closed(4409)


def test_codes_are_the_same_in_both_tables() -> None:
    """CLOSE-2: the core knows whether to reconnect, and this module which sentence to show."""
    assert set(connection._CLOSED) == set(CloseCode)
