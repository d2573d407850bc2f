"""The containers of compose.yaml, which nothing runs, fit each other, the files and the settings."""

from __future__ import annotations

import re
from pathlib import Path

from optiverse_collab_server.config.settings import Settings
from optiverse_collab_server.config.sources import variable

ROOT = Path(__file__).parents[3]
HERE = ROOT / "examples" / "cluster"
COMPOSE = (HERE / "compose.yaml").read_text("utf-8")
SERVICES = re.findall(r"^  ([a-z]+(?:-\d)?):", COMPOSE[COMPOSE.index("\nservices:") :], re.MULTILINE)


def words(pattern: str, text: str = COMPOSE) -> list[str]:
    """What stands at the group of a pattern, each time."""
    return re.findall(pattern, text, re.MULTILINE)


def test_services_need_services_and_files_that_exist() -> None:
    assert SERVICES == ["nats-1", "nats-2", "nats-3", "node-1", "node-2", "node-3", "caddy"]
    needed = [name for names in words(r"depends_on: \[(.+)\]") for name in names.split(", ")]
    assert {*needed} == {*SERVICES} - {"caddy"}
    mounted = {*words(r'"(\./[^:"]+):')}
    assert mounted == {"./nats.conf", "./Caddyfile"}
    [built] = words(r"dockerfile: ([^,]+),")
    assert all((HERE / name).is_file() for name in mounted)
    assert (ROOT / built).is_file()


def test_files_get_the_variables_that_they_use() -> None:
    for file, pattern in (("nats.conf", r"\$(NATS_\w+)"), ("Caddyfile", r"\{\$(CLUSTER_[A-Z]+)")):
        used = {*words(pattern, (HERE / file).read_text("utf-8"))}
        given = {*words(r"\b((?:NATS|CLUSTER)_[A-Z_]+):")}
        started = {*words(r'"((?:NATS|CLUSTER)_[A-Z_]+)":', (HERE / "start.py").read_text("utf-8"))}
        assert used
        assert used <= given
        assert used <= started


def test_servers_find_nats_and_caddy_finds_servers() -> None:
    nats = [f"nats://{name}" for name in SERVICES if name.startswith("nats-")]
    [store] = words(r"OPTIVERSE_COLLAB_STORE: (.+)")
    [listen], [routes], [between] = (
        words(pattern)
        for pattern in (
            r"NATS_LISTEN: .+:(\d+)",
            r'NATS_ROUTES: "\[(.+)\]"',
            r"NATS_CLUSTER_LISTEN: .+:(\d+)",
        )
    )
    assert store.split(",") == [f"{name}:{listen}" for name in nats]
    assert routes.split(", ") == [f"{name}:{between}" for name in nats]
    [found] = words(r"CLUSTER_NODES: (.+)")
    assert found.split() == words(r'OPTIVERSE_COLLAB_NODE: "(.+?)"')
    assert found.split() == [f"{name}:{Settings().port}" for name in SERVICES if name.startswith("node-")]


def test_servers_get_settings_and_the_library_for_nats() -> None:
    settings = {variable(name) for name in ("store", "tls", "auth", "node")}
    assert {*words(r"(OPTIVERSE_COLLAB_[A-Z]+):")} == settings
    [[argument, value]] = [one.split(": ") for one in words(r"args: \{ (.+?) \}")]
    assert f"ARG {argument}=" in (ROOT / "deploy" / "Containerfile").read_text("utf-8")
    [extra] = words(r"\[(\w+)\]", value)
    assert f"\n{extra} = [" in (ROOT / "server" / "pyproject.toml").read_text("utf-8")
