"""Settings as command-line options."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from optiverse_collab_server.config.arguments import add_settings, given
from optiverse_collab_server.config.settings import TABLE


def parser(*names: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    add_settings(made, *names)
    return made


def test_what_is_not_given_is_not_there() -> None:
    assert given(parser().parse_args([])) == {}
    found = given(parser().parse_args(["--port", "1", "--keep-days", "2", "--data", "D", "--debug"]))
    assert found == {"port": 1, "keep_days": 2, "data": Path("D"), "debug": True}


def test_every_setting_has_an_option_that_the_help_explains() -> None:
    help = " ".join(parser().format_help().split())
    for name, about in TABLE.items():
        assert f"--{name.replace('_', '-')}" in help
        assert about.help in help


def test_a_command_has_the_options_that_it_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert given(parser("data").parse_args(["--data", "D"])) == {"data": Path("D")}
    with pytest.raises(SystemExit):
        parser("data").parse_args(["--port", "1"])
