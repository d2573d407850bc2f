"""What a release states about itself, on a package index and where it is installed."""

from __future__ import annotations

import re
import tarfile
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from optiverse_collab import manifest

ROOT = Path(__file__).parent.parent
HOME = "https://github.com/optiverse-collab/optiverse-collab"
RAW = HOME.replace("//github.com", "//raw.githubusercontent.com")
FOLDERS = [".", "demo", "server"]


def about(wheel: str) -> Message:
    """The metadata of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_string(archive.read(name).decode("utf-8"))


def built(folder: Path, into: Path, monkeypatch: pytest.MonkeyPatch) -> Message:
    """The metadata of the wheel built from a folder, the way any tool builds it: from inside."""
    monkeypatch.chdir(folder)
    [wheel] = WheelBuilder(str(folder)).build(directory=str(into), versions=["standard"])
    return about(wheel)


@pytest.fixture(params=FOLDERS)
def release(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Message:
    monkeypatch.setenv("OPTIVERSE_COLLAB_RELEASE", "1")
    return built((ROOT / request.param).resolve(), tmp_path, monkeypatch)


def test_a_release_names_no_folder_of_the_machine_that_made_it(release: Message) -> None:
    fields = [f"{name}: {value}" for name, value in release.items()]
    assert [field for field in fields if "file:" in field or str(ROOT) in field] == []
    assert "file:" not in str(release.get_payload())
    if release["Name"] != "optiverse-collab":
        version = manifest.load().plugin.version
        assert f"optiverse-collab=={version}" in release.get_all("Requires-Dist", [])


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_source_archive_says_what_the_release_said(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A builder sets no variable, and has no checkout around it."""
    monkeypatch.setenv("OPTIVERSE_COLLAB_RELEASE", "1")
    project = (ROOT / folder).resolve()
    wanted = built(project, tmp_path, monkeypatch)
    [archive] = SdistBuilder(str(project)).build(directory=str(tmp_path), versions=["standard"])
    monkeypatch.delenv("OPTIVERSE_COLLAB_RELEASE")
    with tarfile.open(archive) as sources:
        sources.extractall(tmp_path, filter="data")
    found = built(tmp_path / Path(archive).name.removesuffix(".tar.gz"), tmp_path, monkeypatch)
    assert found.as_string() == wanted.as_string()


def test_in_a_checkout_the_server_brings_its_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPTIVERSE_COLLAB_RELEASE", raising=False)
    needs = built(ROOT / "server", tmp_path, monkeypatch).get_all("Requires-Dist", [])
    assert f"optiverse-collab @ {ROOT.as_uri()}" in needs


def test_links_of_a_readme_work_on_a_package_index(release: Message) -> None:
    links = re.findall(r"\]\(([^)]+)\)", str(release.get_payload()))
    assert len(links) >= 2
    for link in links:
        assert link.startswith(("https://", "#")), link
        for begin in (f"{HOME}/blob/main/", f"{RAW}/main/"):
            if link.startswith(begin):
                assert (ROOT / link.removeprefix(begin).partition("#")[0]).exists(), link
    assert all(not link.endswith((".png", ".gif")) or link.startswith(RAW) for link in links)


def test_the_repository_has_one_address(release: Message) -> None:
    urls = dict(field.split(", ") for field in release.get_all("Project-URL", []))
    assert set(urls) == {"Homepage", "Documentation", "Source", "Issues", "Changelog"}
    assert all(url.startswith(HOME) for url in urls.values())
    assert release["Author"] == "optiverse-collab maintainers"
