"""Facts that stand in several places of the project are the same everywhere."""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from optiverse_collab import manifest
from scripts import constraints
from tests.test_imports import STANDARD_LIBRARY, imported, modules

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PLUGIN = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DEMO = tomllib.loads((ROOT / "demo" / "pyproject.toml").read_text(encoding="utf-8"))
SERVER = tomllib.loads((ROOT / "server" / "pyproject.toml").read_text(encoding="utf-8"))
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
UV_PIN = (ROOT / "scripts" / "uv.txt").read_text(encoding="utf-8")

PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
CHANGES = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
ENVIRONMENTS = [
    {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": system,
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    for python in PYTHONS
    for system in ["linux", "win32", "darwin"]
]


def applies(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment)


def declared(project: dict[str, Any]) -> list[Requirement]:
    """What a distribution needs from elsewhere to run, including its extras."""
    extras = project["project"].get("optional-dependencies", {}).values()
    hook = project["tool"]["hatch"]["metadata"]["hooks"].get("custom", project["project"])
    texts = [*hook["dependencies"], *(text for extra in extras for text in extra)]
    return [requirement for requirement in map(Requirement, texts) if requirement.name != "optiverse-collab"]


def wanted() -> list[Requirement]:
    """The names that the distributions and the development group ask for."""
    group = [Requirement(text) for text in PLUGIN["dependency-groups"]["dev"]]
    ours = {"optiverse-collab", "optiverse-collab-demo", "optiverse-collab-server"}
    tools = [tool for tool in group if tool.name not in ours]
    return [*declared(PLUGIN), *declared(DEMO), *declared(SERVER), *tools]


def test_uv_reads_the_same_pins_as_the_bootstrap() -> None:
    assert constraints.constraint_list() in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("pins", [PINS, UV_PIN], ids=["constraints.txt", "uv.txt"])
def test_pins_are_versions_and_hashes_alone(pins: str) -> None:
    """No index, no path, no comment: they mean the same on every machine."""
    pin = re.compile(r"[a-z0-9-]+==[0-9a-z.]+( ; [\w.'<>=!* ]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in pins.splitlines() if not pin.fullmatch(line)] == []


@pytest.mark.parametrize(
    "environment", ENVIRONMENTS, ids=lambda e: f"{e['sys_platform']}-{e['python_version']}"
)
def test_every_dependency_has_one_pin(environment: dict[str, str]) -> None:
    pins: dict[str, str] = {}
    for text in PLUGIN["tool"]["uv"]["constraint-dependencies"]:
        pin = Requirement(text)
        if applies(pin, environment):
            assert pin.name not in pins, "two versions of one distribution"
            [version] = pin.specifier
            pins[pin.name] = version.version
    for requirement in wanted():
        if applies(requirement, environment):
            assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), requirement


@pytest.mark.parametrize(
    ("package", "project"),
    [("optiverse_collab", PLUGIN), ("optiverse_collab_demo", DEMO), ("optiverse_collab_server", SERVER)],
)
def test_just_what_is_imported_is_declared(package: str, project: dict[str, Any]) -> None:
    used = {
        name.partition(".")[0].lower()
        for module, path in modules().items()
        if module.partition(".")[0] == package
        for name in imported(path.read_text(encoding="utf-8"))
    }
    host_and_ours = {"optiverse", "optiverse_collab", "optiverse_collab_demo", "optiverse_collab_server"}
    names = {canonicalize_name(requirement.name).removesuffix("-py") for requirement in declared(project)}
    assert {canonicalize_name(name) for name in used - STANDARD_LIBRARY - host_and_ours} == names


def test_distributions_and_their_descriptions_have_one_version() -> None:
    version = PLUGIN["project"]["version"]
    assert manifest.load().plugin.version == version
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    for project in (DEMO, SERVER):
        assert project["project"]["version"] == version
    assert f"optiverse-collab=={version}" in DEMO["project"]["dependencies"]


def test_users_of_the_plugin_do_not_install_the_demo() -> None:
    names = {Requirement(text).name for text in PLUGIN["project"]["dependencies"]}
    extras = PLUGIN["project"]["optional-dependencies"].values()
    assert "optiverse-collab-demo" not in names | {Requirement(text).name for one in extras for text in one}
    assert 'packages = ["optiverse_collab"]' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_all_distributions_run_on_the_same_pythons() -> None:
    assert PLUGIN["project"]["requires-python"] == f">={constraints.OLDEST_PYTHON}"
    assert PYTHONS[0] == constraints.OLDEST_PYTHON
    for project in (PLUGIN, DEMO, SERVER):
        assert project["project"]["requires-python"] == PLUGIN["project"]["requires-python"]
        language = "Programming Language :: Python :: 3."
        named = [name for name in project["project"]["classifiers"] if name.startswith(language)]
        assert named == [f"Programming Language :: Python :: {python}" for python in PYTHONS]


def test_all_distributions_carry_the_licence() -> None:
    for folder in ("demo", "server"):
        assert (ROOT / "LICENSE").read_bytes() == (ROOT / folder / "LICENSE").read_bytes()


def make_targets(page: str) -> set[str]:
    """The targets of `make` in the code of a Markdown page."""
    code = [*re.findall(r"```.*?```", page, re.DOTALL), *re.findall(r"`[^`\n]+`", page)]
    return {
        target for part in code for target in re.findall(r"(?:^|`|=\S+ )make ([a-z-]+)", part, re.MULTILINE)
    }


def test_tests_that_the_docs_name_exist() -> None:
    named = re.compile(r"(tests/[\w/]+\.py)(?:::(\w+))?")
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    found = [match for page in pages for match in named.findall(page.read_text("utf-8"))]
    missing = [
        (path, test)
        for path, test in found
        if not (ROOT / path).exists() or (f"def {test}(" not in (ROOT / path).read_text("utf-8") and test)
    ]
    assert len(found) > 40
    assert missing == []


def test_make_targets_in_the_docs_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    page = "So `make it`\n```\nmake that\n```\nor make nothing"
    assert make_targets(page) == {"it", "that"}
    pages = [page for pattern in ("*.md", "*/*.md", "docs/*/*.md") for page in ROOT.glob(pattern)]
    named = {target for page in pages for target in make_targets(page.read_text(encoding="utf-8"))}
    assert {"test", "benchmark"} <= named
    assert named <= targets


STARTS_A_PROCESS = re.compile(
    r"subprocess\.(Popen|run|call|check_\w+|get\w+)|os\.(system|popen|spawn\w+|fork)|asyncio\.create_subprocess\w+"
)


def processes_started(source: str) -> list[str]:
    """The calls in a source that start a process."""
    calls = (ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [call for call in calls if STARTS_A_PROCESS.fullmatch(call)]


def test_each_process_of_a_test_has_a_deadline() -> None:
    """`tests.helpers.processes` sets it; no test starts a process any other way."""
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}
    assert [path.stem for path, source in sources.items() if processes_started(source)] == ["processes"]
    assert processes_started("subprocess.run(x, subprocess.PIPE); os.system(y); asyncio.run(z)") == [
        "subprocess.run",
        "os.system",
    ]


def test_changelog_has_the_headings_of_keep_a_changelog() -> None:
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased, *releases = re.split(r"^## ", log, flags=re.MULTILINE)[1:]
    assert unreleased.startswith("Unreleased\n")
    for release in releases:
        assert re.match(r"\d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\)\n", release)
    for release in [unreleased, *releases]:
        _, *parts = re.split(r"^### ", release, flags=re.MULTILINE)
        names = [part.partition("\n")[0] for part in parts]
        assert names == [name for name in CHANGES if name in names]
        assert all("\n- " in part for part in parts)


def test_what_users_install_has_the_manifest_and_no_tests(tmp_path: Path) -> None:
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        packaged = archive.read("optiverse_collab/plugin.toml").decode("utf-8")
        [points] = [name for name in names if name.endswith("entry_points.txt")]
        entry_points = archive.read(points).decode("utf-8")
    assert packaged == (ROOT / "plugin.toml").read_text("utf-8")
    assert "optiverse_collab/testing/bench_small.json" in names
    assert "[optiverse]\ncollaboration = optiverse_collab.plugin" in entry_points
    assert "[gui_scripts]\noptiverse-collab-window = optiverse_collab.__main__:window_main" in entry_points
    assert {name.partition("/")[0] for name in names} == {
        "optiverse_collab",
        f"optiverse_collab-{manifest.load().plugin.version}.dist-info",
    }
