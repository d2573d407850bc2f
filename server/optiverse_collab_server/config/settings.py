"""All settings of the server, in one table for the command line, the file and the environment.

To add one, add a line. ``keep_days`` is ``--keep-days`` on the command line, ``keep-days`` in the file and
``OPTIVERSE_COLLAB_KEEP_DAYS`` in the environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple, get_type_hints

from optiverse_collab_server.config.kinds import COUNT, PATH, PORT, SWITCH, TEXT, WORKERS, Kind, choice


class About(NamedTuple):
    """The table's entry for a setting, besides its name and its default.

    Attributes:
        kind: what is accepted.
        help: what it does.
    """

    kind: Kind
    help: str


@dataclass(frozen=True)
class Settings:
    """The settings of a server, or of a command on its data folder."""

    host: Annotated[str, About(TEXT, "address to listen on")] = "127.0.0.1"
    port: Annotated[int, About(PORT, "port to listen on")] = 8765
    data: Annotated[
        Path | None,
        About(PATH, "folder in which sessions are kept (default: in the data folder of this user)"),
    ] = None
    store: Annotated[
        str | None,
        About(
            TEXT,
            "keep sessions in NATS, and share them with other servers: addresses like nats://host:4222, "
            "separated by commas (default: keep them in the data folder)",
        ),
    ] = None
    node: Annotated[
        str | None,
        About(TEXT, "with --store, this server's name, which no other one has (default: its host and port)"),
    ] = None
    replicas: Annotated[
        int, About(COUNT, "with --store, how many NATS servers keep each change; fewer than 3 can lose some")
    ] = 3
    workers: Annotated[
        int, About(WORKERS, "how many processes serve the sessions of the data folder, each with its share")
    ] = 1
    auth: Annotated[
        str,
        About(
            choice("token", "local", "none"),
            "who needs an invite: everybody except users of this machine, if the server listens for them "
            "alone (token); everybody (local); or nobody (none)",
        ),
    ] = "token"
    keep_days: Annotated[
        int | None, About(COUNT, "drop history that is older than N days (default: keep all)")
    ] = None
    keep_mb: Annotated[
        int | None,
        About(COUNT, "drop a session's oldest history when it takes more than N MB (default: keep all)"),
    ] = None
    max_sessions: Annotated[int, About(COUNT, "how many sessions there may be")] = 10_000
    session_mb: Annotated[
        int, About(COUNT, "how many MB a session may take with its history; above it, changes are refused")
    ] = 1_000
    memory_mb: Annotated[
        int, About(COUNT, "how many MB of memory the benches of all live sessions may take together")
    ] = 70
    max_connections: Annotated[int, About(COUNT, "how many connections there may be")] = 2_000
    tls: Annotated[
        bool | None, About(SWITCH, "encrypt connections (default: if others than this machine can connect)")
    ] = None
    cert: Annotated[
        Path | None, About(PATH, "PEM file with the server's certificate (default: it makes one of its own)")
    ] = None
    key: Annotated[Path | None, About(PATH, "PEM file with the key of --cert")] = None
    follow: Annotated[
        str | None,
        About(TEXT, "be the standby of the server with this link, made with invite --all --role follower"),
    ] = None
    sync_standby: Annotated[
        str,
        About(
            choice("off", "prefer", "always", bare="always"),
            "what a change waits for besides this server's disk: nothing (off); a standby's disk, but no "
            "longer than 10 s (prefer); a standby's disk (always, and without a value)",
        ),
    ] = "off"
    log_format: Annotated[str, About(choice("text", "json"), "format of the log's lines")] = "text"
    debug: Annotated[bool, About(SWITCH, "log the traffic too")] = False


TABLE: dict[str, About] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Settings, include_extras=True).items()
}
"""By name, in the order of the help."""
