"""The texts of our widgets. Menu texts are in plugin.toml."""

from __future__ import annotations

from optiverse_collab.core.text import printable

DIALOG_TITLE = "Collaboration"
JOIN_TAB = "Join"
HOST_TAB = "Host"

SERVER = "&Server"
SESSION = "S&ession"
NAME = "Your &name"
RECENT = "&Recent sessions"
JOIN_HINT = "Paste an invite link into any field to fill in all of them."
READ_AS = "Read as {value}"
JOIN = "&Join"
CHECK = "Chec&k the connection"
CHECK_TITLE = "Check of the connection"
CANCEL = "Cancel"
CLOSE = "Close"

PORT = "&Port"
LISTEN = "&Open to"
LISTEN_LOCAL = "This computer only"
LISTEN_LAN = "Everybody in the local network"
HOST_HINT = (
    "Starts a server on this computer. It stops when you quit, unless others are in the session and you "
    "keep it running."
)
HOST = "Start and &join"
INVITE = "Invite"
INVITE_LATER = "You get the link once the server is running."
COPY = "&Copy"
COPIED = "Copied."
NO_LAN_ADDRESS = "This computer has no address in a local network at the moment."

PROBING = "Looking for a server on port {port}…"
STARTING_SERVER = "Starting the server…"
REUSING_SERVER = "A server is already running on port {port}; joining it."
STRANGE_SERVER = (
    "Port {port} is used by a server that this editor didn't start; join it with a link from its owner, or "
    "choose another port."
)
UNENCRYPTED_SERVER = (
    "Port {port} is used by a server without encryption; stop it first, or choose another port."
)
SERVER_RUNS = "The server is running."
PORT_TAKEN = "Port {port} is used by another program; choose another port."
OTHER_PROTOCOL = (
    "The server on port {port} has another version, {version}; stop it, or install the same version of both."
)
SERVER_MISSING = (
    "The server is not installed; install the package optiverse-collab-server next to the plugin."
)
SERVER_FAILED = "The server stopped immediately: {reason}"
SERVER_ENDED = "This computer's server ended unexpectedly. All that it has saved is still there."
NO_MESSAGE = "it left no message."
SERVER_SILENT = "The server did not start within {seconds} s; see the log."
CONNECTING = "Connecting to {server}…"
TRYING_AGAIN = "{reason} Trying again…"
LOADING = "Loading the bench: {received} of {total} items…"
CANCELLED = "Cancelled."

NOT_JOINED = "You did not join. Your bench is unchanged."


DISMISS = "Dismiss"
SAVE_AS_FILE = "Save as a file…"
BENCH_FILES = "Optiverse benches (*.json)"

YOU = "{name} (you)"


def opens_to(address: str, port: int) -> str:
    """The consequences of hosting for the local network.

    Args:
        address: this computer's; empty if it has none.
        port: of the server.
    """
    if not address:
        return NO_LAN_ADDRESS
    return (
        f"Opens port {port} of this computer ({address}) to the network. Connections are encrypted, and only "
        "people with the invite link can join."
    )


def link_holds(token: str | None, pin: str | None) -> str:
    """The parts of a pasted link that are in no field."""
    if pin is None:
        return JOIN_HINT if token is None else "The link also holds an invite."
    known = "the server is recognised by its key"
    return f"The link also holds an invite, and {known}." if token is not None else f"{known.capitalize()}."


def present(session: str, server: str, waiting: int) -> str:
    """The connect dialog's sentence about the present session.

    Args:
        session: its name.
        server: its address.
        waiting: how many edits the server has not confirmed.
    """
    edits = "1 edit waits" if waiting == 1 else f"{waiting} edits wait"
    waits = f" {edits} for the server, and will be sent when you join again." if waiting else ""
    return f"You are in session '{printable(session)}' at {server}. Joining another session leaves it.{waits}"


def server_line(line: str) -> str:
    """A line of the log of a server that this window started."""
    return f"Server: {line}"
