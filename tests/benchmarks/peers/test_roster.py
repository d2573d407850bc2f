"""The compared servers; none of these tests needs npm or a network."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.peers import roster
from benchmarks.peers.roster import HERE, PEERS, NotInstalledError, Peer

NODE = next(peer for peer in PEERS if peer.key == "relay-node")
PYTHON = next(peer for peer in PEERS if peer.key == "pycrdt-websocket")


def test_ours_is_first_and_names_are_unique() -> None:
    assert PEERS[0].key == "ours"
    assert len({peer.key for peer in PEERS}) == len({peer.title for peer in PEERS}) == len(PEERS)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.key)
def test_packages_have_versions_and_losses_a_reason(peer: Peer) -> None:
    assert bool(peer.launcher) == bool(peer.packages)
    assert not peer.launcher or (HERE / peer.launcher).is_file()
    assert all(package.rpartition("==" if peer is PYTHON else "@")[0] for package in peer.packages)
    assert peer.key == "ours" or peer.differs


@pytest.mark.parametrize(("peer", "program"), [(NODE, "node"), (PYTHON, "uv")])
def test_without_its_installer_a_peer_is_left_out(
    peer: Peer, program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("UV", raising=False)
    with pytest.raises(NotInstalledError, match=f"^{program} is not installed$"):
        peer.install(tmp_path)


def test_a_failed_installation_says_why_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tries: list[Path] = []

    def installers(self: Peer, own: Path) -> list[list[str]]:
        tries.append(own)
        return [[sys.executable, "-c", "import sys; print('many words'); sys.exit('no such package')"]]

    monkeypatch.setattr(Peer, "_installers", installers)
    for _ in range(2):
        with pytest.raises(NotInstalledError, match=r"failed: no such package$"):
            NODE.install(tmp_path)
    assert tries == [tmp_path / "relay-node"] * 2


def test_what_is_installed_is_installed_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(Peer, "_installers", lambda *_: [["install"]])
    monkeypatch.setattr(roster, "_run", ran.append)
    for _ in range(2):
        NODE.install(tmp_path)
    PEERS[0].install(tmp_path)
    assert ran == [["install"]]


def test_an_installer_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(roster, "INSTALL_SECONDS", 0.2)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(Peer, "_installers", lambda *_: [command])
    with pytest.raises(NotInstalledError, match=r"took more than 0\.2 s"):
        NODE.install(tmp_path)
