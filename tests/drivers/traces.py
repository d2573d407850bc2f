"""The log and the reports of a connection, from the first attempt to the end.

One table serves all drivers: each `Trace` has a script for the server, the actions of the test, and the
expected result, line by line. The tests of the drivers play it over real sockets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from tests.helpers import server_acts as script
from tests.helpers.server_acts import Act

NO_ANSWER_S = 0.5
"""How long a server may take to admit somebody, in these tests."""

# Actions during a trace
CUT, VANISH, LISTEN, EDIT, LEAVE = "cut", "vanish", "listen", "edit", "leave"
FALL_SILENT, SPEAK_AGAIN = "fall silent", "speak again"


@dataclass(frozen=True)
class Trace:
    """The events of a connection, and their results. ``{place}`` is the server's host and port.

    Attributes:
        name: identifies the test case.
        acts: what the server does with each connection, in order.
        lines: the log, as ``LEVEL text``.
        verdict: the log's last lines if no attempt follows; a script gets the error instead.
        unsent: later log lines about edits that never reached the server.
        signals: the signals of `CollaborationService`, except for the log.
        error: the last sentence, unless the user left.
        steps: the start of a line, and the action when it comes (an int closes with that code);
            each step waits for the one before.
        scheme, host: parts of the URL that differ from the server's.
        tls: whether the server requires TLS.
        away: whether nothing listens at first.
        patient: whether the first attempt may be repeated; in a window it always is.
    """

    name: str
    acts: Sequence[Act]
    lines: Sequence[str]
    signals: Sequence[str]
    error: str = ""
    verdict: Sequence[str] = ()
    unsent: Sequence[str] = ()
    steps: Sequence[tuple[str, str | int]] = ()
    scheme: str = "ws"
    host: str = ""
    tls: bool = False
    away: bool = False
    patient: bool = False


# The log

LET_IN = (
    "INFO → Connecting to: {url}",
    "INFO ✓ Connected to session 'default' as 'ann'",
    "INFO Connection acknowledged with 1 user(s)",
    "DEBUG → Sending SyncRequest",
)
IN = (*LET_IN, "INFO Synchronised: received 0 record(s)")
LEFT = "INFO ✓ Disconnected from session 'default' - Normal closure"
ENDED = "ERROR ✗ You are no longer in the session. Your bench is unchanged; connect again to rejoin."
UNSENT = 'WARNING ✗ Your change (name = "Lens 1") of "Lens 1" did not reach the server'
SYNCHRONISED, LOST = "Synchronised", "✗ Disconnected"


def lost(sentence: str, code: int) -> tuple[str, str]:
    """A lost connection."""
    noticed = f"DEBUG Close code {code}; noticed at:"
    return f"WARNING {LOST} from session 'default' - {sentence}", noticed


def again(sentence: str, seconds: float, level: str = "INFO") -> tuple[str, str, str]:
    """A failed attempt that is repeated; it is a WARNING if nothing was wrong before."""
    return "INFO → Connecting to: {url}", f"{level} ✗ {sentence}", f"INFO Trying again in {seconds} s"


# The sentences

NOTHING = "Nothing answers at {place}; start optiverse-collab-server, or check the address."
NO_HOST = "There is no host called nosuch.invalid; check its spelling and the network or VPN."
LATE = "{place} did not answer within 0.5 s; check the address, the network and the firewall."
BROKE_OFF = "{place} broke off the handshake; it may be restarting, or be another server."
BROKE_OFF_TLS = "{place} broke off the handshake; it may be restarting, or want ws:// instead of wss://."
WANTS_TLS = "{place} requires an encrypted connection; write wss:// instead of ws://."
WRONG_SERVER = (
    f"The server at {{place}} does not speak {SUBPROTOCOL}; start optiverse-collab-server in its place."
)
HTTP = "{place} is not a collaboration server (it answered HTTP %d); check the address."
FORBIDDEN = "You are not allowed to join this session."
FULL = "The session or its server is full; try again when somebody has left."
BROKEN = "The connection broke off: the network or the server went away."
RESTARTING = "The server is restarting or going away."
REPLACED = "A newer connection of yours has replaced this one."
CLOSED = "The connection was closed normally."
FAULT = "The server had an internal error; its log has details."
SILENT = "The server sent nothing for 0 s; check the network or the server."
HISTORY = (
    "The session on the server has a different history from the one followed here, so nothing was "
    "merged, and 1 change of yours did not reach it; save your bench if you need it, and connect again to "
    "see what the server has."
)

# Signals

S_LET_IN = (
    "message connection:ack",
    "state syncing",
    "connected",
    "acknowledged ann",
    "happened Acknowledged",
)
S_IN = (*S_LET_IN, "message sync:full_state", "state connected", "happened Synced")
S_LOST = ("state reconnecting", "disconnected")
S_LEFT = ("state offline", "disconnected")


def refused(
    name: str,
    act: Act | None,
    sentence: str,
    lines: Sequence[str] = (),
    signals: Sequence[str] = (),
    scheme: str = "ws",
    host: str = "",
    tls: bool = False,
) -> Trace:
    """A first attempt that fails, and is not repeated."""
    connecting = "INFO → Connecting to: {url}"
    return Trace(
        name,
        [act] if act is not None else [],
        [connecting, *lines],
        ["state connecting", *signals, "state failed", f"error {sentence}"],
        sentence,
        [f"ERROR ✗ {sentence}"],
        scheme=scheme,
        host=host,
        tls=tls,
        away=act is None,
    )


def closed(name: str, code: int, sentence: str) -> Trace:
    """The server closes for good, after the client was in."""
    return Trace(
        name,
        [script.welcome()],
        [*IN, *lost(sentence, code)],
        ["state connecting", *S_IN, "state failed", f"error {sentence}", "disconnected"],
        sentence,
        [ENDED],
        steps=[(SYNCHRONISED, code)],
    )


_ODD = (
    "DEBUG ✗ Ignored a message of the server's. The message's type is not known here: "
    "Invalid value 'hello' - at `$.type`."
)
_CUT = (*IN, *lost(BROKEN, 1006), "INFO Trying again in 0.2 s")
_HELLO = '{"type":"hello"}'
_NOT_FOUND = script.answer_http("404 Not Found")

TRACES = [
    # The first attempt
    refused("refused", None, NOTHING),
    refused("unknown host", None, NO_HOST, host="nosuch.invalid:8765"),
    refused("late", script.stay_silent, LATE),
    refused("late acknowledgement", script.never_acknowledge, LATE),
    refused("another subprotocol", script.greet(_HELLO, None), WRONG_SERVER),
    refused(
        "another greeting",
        script.greet(_HELLO),
        WRONG_SERVER,
        [_ODD],
        ["message hello", "happened ProtocolFault"],
    ),
    refused("HTTP 404", _NOT_FOUND, HTTP % 404),
    refused(
        "HTTP 503",
        script.answer_http("503 Service Unavailable"),
        HTTP % 503,
    ),
    refused(
        "another protocol",
        script.answer(b"SSH-2.0-OpenSSH_9.2\r\n"),
        BROKE_OFF,
    ),
    refused("broken off", script.break_off, BROKE_OFF),
    refused("hung up", script.hang_up, BROKE_OFF),
    refused("wants TLS", script.stay_silent, WANTS_TLS, tls=True),
    refused("no TLS", script.hang_up, BROKE_OFF_TLS, scheme="wss"),
    refused("not allowed", script.close(4403), FORBIDDEN),
    refused("session full", script.close(4503), FULL),
    Trace(
        "lost before it synchronised",
        [script.welcome(code=1011)],
        [*LET_IN, *lost(FAULT, 1011)],
        ["state connecting", *S_LET_IN, "state failed", f"error {FAULT}", "disconnected"],
        FAULT,
        [ENDED],
    ),
    Trace(
        "patient",
        [script.welcome()],
        [*again(NOTHING, 0.2, "WARNING"), *IN, LEFT],
        ["state connecting", *S_IN, *S_LEFT],
        steps=[("✗ Nothing answers", LISTEN), (SYNCHRONISED, LEAVE)],
        away=True,
        patient=True,
    ),
    # The user leaves
    Trace(
        "left",
        [script.welcome()],
        [*IN, LEFT],
        ["state connecting", *S_IN, *S_LEFT],
        steps=[(SYNCHRONISED, LEAVE)],
    ),
    Trace(
        "left while connecting",
        [script.stay_silent],
        ["INFO → Connecting to: {url}", LEFT],
        ["state connecting", "state offline"],
        steps=[("→ Connecting", LEAVE)],
    ),
    Trace(
        "left while waiting",
        [script.welcome()],
        [*_CUT, *again(NOTHING, 0.5), LEFT],
        ["state connecting", *S_IN, *S_LOST, "state offline"],
        steps=[(SYNCHRONISED, VANISH), ("✗ Nothing answers", LEAVE)],
    ),
    # The connection is lost and comes back
    Trace(
        "cut",
        [script.welcome(), script.break_off, script.welcome()],
        [*_CUT, *again(BROKE_OFF, 0.5), *IN, LEFT],
        ["state connecting", *S_IN, *S_LOST, *S_IN, *S_LEFT],
        steps=[(SYNCHRONISED, CUT), (SYNCHRONISED, LEAVE)],
    ),
    Trace(
        "closed normally",
        [script.welcome(), script.welcome()],
        [*IN, *lost(CLOSED, 1000), "INFO Trying again in 0.2 s", *IN, LEFT],
        ["state connecting", *S_IN, *S_LOST, *S_IN, *S_LEFT],
        steps=[(SYNCHRONISED, 1000), (SYNCHRONISED, LEAVE)],
    ),
    Trace(
        "another server for a while",
        [script.welcome(), _NOT_FOUND, script.greet(_HELLO, None), script.welcome()],
        [*_CUT, *again(HTTP % 404, 0.5), *again(WRONG_SERVER, 1.0), *IN, LEFT],
        ["state connecting", *S_IN, *S_LOST, *S_IN, *S_LEFT],
        steps=[(SYNCHRONISED, CUT), (SYNCHRONISED, LEAVE)],
    ),
    Trace(
        "restart",
        [script.welcome()],
        [*IN, *lost(RESTARTING, 1001), "INFO Trying again in 0.2 s", *again(NOTHING, 0.5), *IN, LEFT],
        ["state connecting", *S_IN, *S_LOST, *S_IN, *S_LEFT],
        steps=[
            (SYNCHRONISED, 1001),
            (LOST, VANISH),
            ("✗ Nothing answers", LISTEN),
            (SYNCHRONISED, LEAVE),
        ],
    ),
    Trace(
        "silence",
        [script.welcome()],
        [*IN, "DEBUG → Sending heartbeat ping", *lost(SILENT, 1006), "INFO Trying again in 0.2 s", *IN, LEFT],
        ["state connecting", *S_IN, *S_LOST, *S_IN, *S_LEFT],
        steps=[(SYNCHRONISED, FALL_SILENT), (LOST, SPEAK_AGAIN), (SYNCHRONISED, LEAVE)],
    ),
    # The connection is lost for good
    closed("replaced", 4409, REPLACED),
    closed("banned", 4403, FORBIDDEN),
    Trace(
        "epoch changed",
        [script.welcome(), script.welcome("epoch 2")],
        [*_CUT, *LET_IN, *lost(HISTORY, 0)],
        [
            *("state connecting", *S_IN, *S_LOST, *S_LET_IN),
            *("message sync:diverged", "state failed", f"error {HISTORY}", "disconnected"),
        ],
        HISTORY,
        [],
        [UNSENT],
        steps=[(SYNCHRONISED, CUT), (LOST, EDIT)],
    ),
]
