"""The configuration file: its settings, and its errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab_server.config.file import ConfigFile


def read(path: Path, text: str | bytes) -> tuple[dict[str, object], list[str]]:
    """Read a configuration file; returns its settings and its errors."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems: list[str] = []
    return ConfigFile(path).read(problems.append), problems


def test_keys_are_the_settings_with_dashes(tmp_path: Path) -> None:
    text = 'host = "::"  # every address\nport = 9000\nkeep-days = 30\ndebug = true\n'
    assert read(tmp_path / "c.toml", text) == (
        {"host": "::", "port": 9000, "keep_days": 30, "debug": True},
        [],
    )


def test_a_relative_path_starts_at_the_file(tmp_path: Path) -> None:
    assert read(tmp_path / "c.toml", 'data = "benches"')[0] == {"data": tmp_path / "benches"}
    absolute = tmp_path.parent / "elsewhere"
    assert read(tmp_path / "c.toml", f"data = '{absolute}'")[0] == {"data": absolute}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a = 1\n", 1, "a: there is no such setting"),
        ("# port\n\n  prot = 1\n", 3, "prot: there is no such setting, but there is port"),
        ("keep_days = 1\n", 1, "keep_days: there is no such setting, but there is keep-days"),
        ("debug = true\n[ server ]\nport = 1\n", 2, "server: there is no such setting"),
        ("'port' = '80'", 1, "port: '80' is not a port; give a number from 0 to 65535"),
        ("debug = true\nport = true", 2, "port: True is not a port; give a number from 0 to 65535"),
        ("keep-mb = 1.5", 1, "keep-mb: 1.5 is not a number; give 0 or more"),
    ],
)
def test_what_will_not_do_is_named_with_its_line(tmp_path: Path, text: str, line: int, problem: str) -> None:
    file = tmp_path / "c.toml"
    assert read(file, text)[1] == [f"{file}, line {line}, {problem}."]


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    values, problems = read(tmp_path / "c.toml", 'port = -1\nhost = "a"\nx = 2\n')
    assert values == {"host": "a"}
    assert len(problems) == 2


@pytest.mark.parametrize("text", ["port 9000", "port = 1\nport = 2", b"host = '\xff'"])
def test_what_is_no_toml_is_one_sentence(tmp_path: Path, text: str | bytes) -> None:
    values, [problem] = read(tmp_path / "c.toml", text)
    assert values == {}
    assert problem.startswith(f"The configuration file {tmp_path / 'c.toml'} is not TOML: ")


def test_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    problems: list[str] = []
    assert ConfigFile(tmp_path / "c.toml").read(problems.append) == {}
    assert problems == [
        f"The configuration file {tmp_path / 'c.toml'} can't be read (No such file or directory)."
    ]


def test_file_in_the_data_folder_can_not_name_another(tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text("data = '/elsewhere'")
    problems: list[str] = []
    assert ConfigFile(tmp_path / "server.toml", is_in_data_folder=True).read(problems.append) == {}
    assert "line 1, data: it can't be set in a file inside the data folder" in problems[0]
