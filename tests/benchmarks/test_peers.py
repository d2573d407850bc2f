"""The command that compares servers, with what is installed anyway: ours and a relay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.peers import __main__ as command
from benchmarks.peers.roster import Peer
from benchmarks.workloads import WORKLOADS

SHORT = ["--runs", "1", "--seconds", "0.2"]


def test_it_writes_a_table_a_plot_and_every_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """PUSH-5: and fails if ours lost a delivery."""
    out = tmp_path / "out"
    options = ["--workload", "team", "--only", "relay-python", "--out", str(out)]
    assert command.main([*SHORT, *options]) == 0
    shown = capsys.readouterr().out
    assert "**team: 10 of 10 edit at 30 Hz, 2,700 deliveries per s**" in shown
    assert "| bare relay, websockets and uvloop |" in shown
    [workload] = json.loads((out / "peers.json").read_text(encoding="utf-8"))["workloads"]
    assert [(one["key"], len(one["runs"])) for one in workload["servers"]] == [
        ("ours", 1),
        ("relay-python", 1),
    ]
    assert (out / "peers.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_a_peer_that_cannot_be_had_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither can ours be measured here, so that it takes no time; that is a failure."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Peer, "start", _refuse)
    options = ["--workload", "team", "--only", "hocuspocus", "--out", str(tmp_path)]
    assert command.main([*SHORT, *options, "--folder", str(tmp_path)]) == 1
    shown = capsys.readouterr().out
    assert "Hocuspocus 4.7.0 is left out: node is not installed\n" in shown
    assert "stopped: it does not listen" in shown


def test_published_tables_and_plot_go_into_the_documentation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, picture = tmp_path / "performance.md", tmp_path / "peers.svg"
    written.write_text("<!-- peers -->\n<!-- end of peers -->\n", encoding="utf-8")
    monkeypatch.setattr(Peer, "start", _refuse)
    monkeypatch.setattr(Peer, "install", lambda *_: None)
    monkeypatch.setattr(page, "PAGE", written)
    monkeypatch.setattr(command, "PICTURE", picture)
    command.main([*SHORT, "--publish", "--out", str(tmp_path)])
    text = written.read_text(encoding="utf-8")
    assert text.count("**") == 2 * len(WORKLOADS)
    assert "](images/peers.svg)" in text
    assert picture.is_file()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--publish", "--only", "tldraw"], "--publish writes about all servers"),
        (["--runs", "0"], "It must be at least 1"),
        (["--seconds", "1000"], "It must be 0.2 to 60 s"),
        (["--only", "nobody"], "invalid choice"),
    ],
)
def test_wrong_options_are_refused(
    options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main(options)
    assert sentence in capsys.readouterr().err


def _refuse(*_: object) -> None:
    raise RuntimeError("it does not listen")
