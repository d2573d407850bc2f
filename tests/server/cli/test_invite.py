"""The command that makes links."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import EVERY_SESSION
from optiverse_collab_server.cli.main import main
from optiverse_collab_server.storage import SqliteStore
from tests.helpers.aio import run
from tests.helpers.grants import Guarded, grants_of, play, refused, set_grant
from tests.helpers.http_get import get
from tests.helpers.knocks import heard, knocking
from tests.helpers.live_server import LiveServer, RawClient, live_server
from tests.server.cli.folders import grants_in


async def make(*options: str) -> None:
    """Make an invite, in a thread other than the server's."""
    assert await asyncio.to_thread(main, ["invite", *options]) == 0


async def role_of(server: LiveServer, token: str, session: str) -> str:
    """Join with a token; returns the role."""
    async with server.client("ann", session, token=token) as ann:
        return str(ann.ack.get("role", "owner"))


def test_link_lets_in_at_once_while_the_server_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """ACC-11: the server read the grants long before."""

    async def main_() -> None:
        entrance = Entrance.open(tmp_path, trusts_own=False)
        async with live_server(SqliteStore(tmp_path), entrance=entrance) as server:
            for role in ("viewer", "commenter", "editor", "owner"):
                await make("lab", "--role", role, "--data", str(tmp_path), "--label", f"a {role}")
                address = parse_address(capsys.readouterr().out.strip())
                assert (address.session, address.pin) == ("lab", None)
                assert address.token is not None
                assert await role_of(server, address.token, "lab") == role

    run(main_())
    labels = [grant.label for grant in grants_in(tmp_path)]
    assert labels.count("a viewer") == 1
    assert labels.count("ann") == 4, "the devices of the link"


def test_a_standby_gets_a_link_for_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """STAND-1"""
    assert main(["invite", "--role", "follower", "--data", str(tmp_path)]) == 2
    assert main(["invite", "--all", "--role", "follower", "--data", str(tmp_path)]) == 0
    assert parse_address(capsys.readouterr().out.strip()).token is not None
    [grant] = grants_in(tmp_path)
    assert (grant.session, grant.role) == (EVERY_SESSION, Role.FOLLOWER)


def test_the_link_can_name_the_standby(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """STAND-7"""
    also = f"wss://standby:8765#pin={'p' * 43}"
    options = "--data", str(tmp_path), "--address", "wss://lab", "--also"
    assert main(["invite", "lab", *options, also]) == 0
    address = parse_address(capsys.readouterr().out.strip())
    assert (address.server, address.session, address.also) == ("wss://lab", "lab", also)
    assert main(["invite", "lab", *options, "ws://standby"]) == 2
    assert "--also and wss://lab must both begin with wss://, or both with ws://." in capsys.readouterr().err
    assert len(grants_in(tmp_path)) == 1


def test_an_owner_sees_and_revokes_it_before_it_is_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """ACC-4, ACC-6: the server adopts the grants that the command wrote."""

    async def go(server: Guarded, owner: RawClient) -> None:
        await make("default", "--role", "editor", "--data", str(tmp_path), "--label", "by command")
        token = parse_address(capsys.readouterr().out.strip()).token
        id = next(one["id"] for one in await grants_of(owner) if one.get("label") == "by command")
        await set_grant(owner, id, role="none")
        assert await refused(server, token) == (4403, "removed")

    play(tmp_path, go)


def test_link_with_which_people_have_to_knock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """ACC-12."""

    async def go(server: Guarded, owner: RawClient) -> None:
        await make("default", "--knock", "--data", str(tmp_path))
        token = parse_address(capsys.readouterr().out.strip()).token
        assert token is not None
        async with knocking(server, token):
            assert (await heard(owner))["role"] == "editor"

    play(tmp_path, go)


def test_link_holds_where_and_as_long_as_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--expires", "12h", "--uses", "3", "--role", "viewer", "--data", str(tmp_path), "--json"]
    assert main(["invite", "--all", *options]) == 0
    shown = json.loads(capsys.readouterr().out)
    [grant] = grants_in(tmp_path)
    assert (grant.session, grant.role, grant.uses) == (EVERY_SESSION, Role.VIEWER, 3)
    assert (shown["id"], shown["session"]) == (grant.id, EVERY_SESSION)
    left = datetime.fromisoformat(shown["expires"].replace("Z", "+00:00")) - datetime.now(timezone.utc)
    assert timedelta(hours=11) < left <= timedelta(hours=12)
    assert parse_address(shown["link"]).session == "default"


def test_token_for_every_session_opens_the_metrics(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """HEALTH-3: for monitoring from another machine."""

    async def main_() -> None:
        entrance = Entrance.open(tmp_path, trusts_own=False)
        async with live_server(SqliteStore(tmp_path), entrance=entrance) as server:
            await make("--all", "--role", "viewer", "--data", str(tmp_path))
            token = parse_address(capsys.readouterr().out.strip()).token
            headers = {"X-Forwarded-For": "192.0.2.7", "Authorization": f"Bearer {token}"}
            assert (await get(server.port, "/metrics", headers)).status == 200

    run(main_())


@pytest.mark.parametrize(
    ("options", "server", "has_pin"),
    [
        (["--port", "9000"], "ws://127.0.0.1:9000", False),
        (["--host", "192.0.2.1"], "wss://192.0.2.1:8765", True),
        (["--address", "wss://collab.example.org"], "wss://collab.example.org", False),
        (["--host", "::", "--address", "wss://lab-pc:8765"], "wss://lab-pc:8765", True),
    ],
)
def test_link_leads_to_where_people_connect(
    tmp_path: Path,
    options: list[str],
    server: str,
    has_pin: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["invite", "--data", str(tmp_path / "new"), *options]) == 0
    address = parse_address(capsys.readouterr().out.strip())
    assert (address.server, address.pin is not None) == (server, has_pin)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--expires 7", "'7' is no time; give for example 30m, 12h or 7d"),
        ("--expires 0d", "'0d' is no time"),
        ("--expires 999999d", "'999999d' is no time"),
        ("--uses 0", "'0' is not a number of uses; give 1 to"),
        ("--role none", "invalid choice: 'none'"),
        ("--address ws://", "argument --address: "),
        (f"--label {'x' * 257}", "it has 257 characters; the limit is 256"),
        ("x" * 200, "argument session: "),
    ],
)
def test_what_can_not_be_is_a_usage_error(
    options: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["invite", *options.split()])
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_server_that_asks_nobody_needs_no_invite(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["invite", "--data", str(tmp_path), "--auth", "none"]) == 2
    assert "asks nobody for an invite" in capfd.readouterr().err


def test_no_invite_is_made_whose_link_can_not_be_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ["--cert", str(tmp_path / "no.pem"), "--key", str(tmp_path / "no.pem")]
    assert main(["invite", "--data", str(tmp_path), *options]) == 2
    assert "no.pem" in capfd.readouterr().err
    assert grants_in(tmp_path) == []


def test_too_many_grants_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("optiverse_collab_server.access.grants.GRANTS", 1)
    assert main(["invite", "--data", str(tmp_path)]) == 0
    assert main(["invite", "--data", str(tmp_path)]) == 1
    assert "revoke some, in an editor, first" in capfd.readouterr().err
