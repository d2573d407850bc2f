"""Tests mirror the sources: the test of a module, and the subject of a test, are found by their paths.

``tests/X/test_Y.py`` and ``tests/X/test_Y_TOPIC.py`` are about the module, or the package, ``X/Y``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent

ROOMS = {
    "tests/benchmarks": "benchmarks",
    "tests/demo": "demo/optiverse_collab_demo",
    "tests/examples": "examples",
    "tests/scripts": "scripts",
    "tests/server": "server/optiverse_collab_server",
    "tests": "optiverse_collab",
}
"""Folder of tests → what it mirrors; the first that fits counts."""

ABOUT_MORE = {
    "tests/convert/test_optiverse.py": "the real editor reads what we write",
    "tests/convert/test_round_trip.py": "reading after writing gives the same",
    "tests/core/simulation/test_carried.py": "servers that lost changes, and clients that carry them",
    "tests/core/simulation/test_gone_back.py": "the same, and clients that bring them back as edits",
    "tests/core/simulation/test_host_gone.py": "hosts go away, and others host, in histories by chance",
    "tests/core/simulation/test_mutations.py": "the simulation catches every mutant",
    "tests/core/simulation/test_unit_mutations.py": "unit tests of presence catch every mutant",
    "tests/core/simulation/test_restored.py": "servers that were restored, in histories by chance",
    "tests/core/simulation/test_journals.py": "servers with journals, whose shared log is damaged",
    "tests/core/simulation/test_shared_log.py": "servers that share a log, in histories by chance",
    "tests/core/simulation/test_simulation.py": "the whole core, in histories by chance",
    "tests/drivers/test_drivers.py": "the shape of both drivers",
    "tests/end2end/test_access.py": "a server that asks for invites, and scripts, as processes and over TLS",
    "tests/end2end/test_brought_back.py": "a server that lost its disk, and windows that have what it lacks",
    "tests/end2end/test_first_connection.py": "the first connection, step by step",
    "tests/end2end/test_host_gone.py": "the host's computer dies, and a guest's takes its place",
    "tests/end2end/test_invited.py": "hosting for the network, and joining by a link",
    "tests/end2end/test_kill.py": "server and clients, while the server is killed",
    "tests/end2end/test_kill_editor.py": "the editor is killed, and comes back",
    "tests/end2end/test_shared_cluster.py": "servers that share a store of three NATS servers",
    "tests/end2end/test_shared_access.py": "servers that share who may come in, as processes",
    "tests/end2end/test_shared_repair.py": "servers whose shared store loses everything, as processes",
    "tests/end2end/test_shared_store.py": "servers that share a store, as processes",
    "tests/end2end/test_standby.py": "a server is killed, and its standby takes over",
    "tests/end2end/test_standbys.py": "a server is killed, and both its standbys take over",
    "tests/end2end/test_windows.py": "server and windows as processes",
    "tests/end2end/test_workers.py": "a server with several processes, one of which is killed",
    "tests/examples/cluster/test_compose.py": "the containers of the example, which nothing runs",
    "tests/faults/test_cluster.py": "the report of servers that share NATS, while any of them fails",
    "tests/faults/test_memory.py": "how memory that grows is noticed",
    "tests/faults/test_play.py": "windows and a server, while the network between them fails",
    "tests/faults/test_scenarios.py": "the same, for longer or on a larger bench",
    "tests/faults/test_soak.py": "many people on networks that fail, for long",
    "tests/faults/test_takeover.py": "a server that dies under load, and its standby",
    "tests/faults/test_table.py": "the page about that",
    "tests/fuzz/test_fuzz.py": "hostile input to all that strangers reach",
    "tests/fuzz/test_hostile.py": "all attacks at once, beside honest people",
    "tests/helpers/test_listener.py": "the servers of tests that close what they accept",
    "tests/helpers/test_processes.py": "the deadlines of processes in tests",
    "tests/helpers/test_proxy.py": "the network that fails, in tests",
    "tests/host/optiverse/test_any_mix.py": "everything that users can do, mixed",
    "tests/host/optiverse/test_away.py": "what became of edits while the user was away, in the real editor",
    "tests/host/optiverse/test_closing.py": "a window that closes, with all that is attached to it",
    "tests/host/optiverse/test_coming_back.py": "a file that the session knows, in the real editor",
    "tests/host/optiverse/test_edit_methods.py": "the table of all ways to edit",
    "tests/host/optiverse/test_following.py": "one editor follows the view of another",
    "tests/host/optiverse/test_health.py": "the editor keeps working as without us",
    "tests/host/optiverse/test_homecoming.py": "a copy edited without the plugin, in the real editor",
    "tests/host/optiverse/test_keyboard.py": "all of it by keyboard, in the real editor",
    "tests/host/optiverse/test_knocking.py": "a guest waits until the owner says yes, in the real editor",
    "tests/host/optiverse/test_loading.py": "a large bench, over many ticks",
    "tests/host/optiverse/test_pointing.py": "pointing at things in the real editor",
    "tests/host/optiverse/test_presence.py": "who is in what, in the real editor",
    "tests/host/optiverse/test_session.py": "two editors in a session",
    "tests/host/optiverse/test_timeline.py": "what was done, and earlier moments, in the real editor",
    "tests/host/optiverse/test_viewing.py": "whoever may only view, in the real editor",
    "tests/host/test_contract_undo.py": "what every adapter's undo must do in a session",
    "tests/server/storage/test_contract.py": "what every store must do",
    "tests/server/storage/test_contract_copies.py": "what every store promises whose sessions can be copied",
    "tests/server/storage/test_contract_parents.py": "what every store must do with histories that end later",
    "tests/server/storage/test_contract_past.py": "what every store must do with the past",
    "tests/server/storage/test_crash.py": "what a crash leaves of a store",
    "tests/server/test_budgets.py": "peers that ask for too much, over sockets",
    "tests/test_ci.py": "what runs before a commit and at the public repository",
    "tests/test_coverage.py": "how much of the sources unit tests reach",
    "tests/test_deploy.py": "the examples of how to set a server up, and the commands in pages",
    "tests/test_distributions.py": "what a release says of itself",
    "tests/test_imports.py": "the laws of imports",
    "tests/test_language.py": "the English of all texts",
    "tests/test_mirror.py": "this law",
    "tests/test_pages.py": "links and programs in pages, and the tour",
    "tests/test_project.py": "what stands in more than one place",
    "tests/test_groups.py": "how the suite is divided among processes",
    "tests/test_sizes.py": "the law of sizes",
    "tests/window/ui/test_names_of_others.py": "names of others are no markup, in any tooltip or label",
}
"""A test that is about no single module → its subject."""

TESTED_THROUGH = {
    "tests/convert/test_reading.py": "convert.identity convert.shapes",
    "tests/core/client/test_replica.py": "core.client.saved",
    "tests/core/client/test_connector.py": "core.client.connection_effects",
    "tests/core/client/test_session.py": "core.client.access_effects core.client.past_effects",
    "tests/core/client/test_write_ahead.py": "core.client.disk_effects",
    "tests/core/protocol/test_codec.py": (
        "core.protocol.message core.protocol.messages core.protocol.page_records core.protocol.participants"
        " core.protocol.past core.protocol.positions"
    ),
    "tests/core/server/test_room.py": "core.server.effects",
    "tests/demo/test_app.py": "demo.__main__",
    "tests/testing/test_contract.py": (
        "testing.sample demo.adapter host.optiverse.reader host.optiverse.items.autolabels"
        " host.optiverse.items.exact_edit host.optiverse.items.fields"
        " host.optiverse.items.kinds host.optiverse.items.optical"
    ),
    "tests/window/test_timeline.py": "window.absence window.ghosts window.previewing",
    "tests/host/optiverse/test_files.py": "host.optiverse.files.unsaved_mark",
    "tests/host/optiverse/test_launch.py": "host.optiverse.upstream.version",
    "tests/host/optiverse/test_layers.py": (
        "host.optiverse.layers.base host.optiverse.layers.group_list host.optiverse.layers.layer_tree"
        " host.optiverse.layers.nodes host.optiverse.layers.panel"
    ),
    "tests/host/optiverse/layers/test_hidden_groups.py": "host.optiverse.layers.hidden_nodes",
    "tests/host/optiverse/test_undo_commands.py": (
        "host.optiverse.undo.forgetting host.optiverse.undo.narrowing"
    ),
    "tests/host/optiverse/test_upstream.py": (
        "host.optiverse.upstream.groups host.optiverse.upstream.item_names host.optiverse.upstream.items"
        " host.optiverse.upstream.engine host.optiverse.upstream.layers host.optiverse.upstream.tracing"
        " host.optiverse.upstream.window"
    ),
    "tests/host/optiverse/test_writer.py": "host.optiverse.items.acceptance",
    "tests/scripting/test_bench.py": "scripting.connecting scripting.stream scripting.unacknowledged",
    "tests/server/storage/jetstream/test_store.py": (
        "server.storage.jetstream.owned server.storage.jetstream.records server.storage.jetstream.tasks"
    ),
    "tests/server/storage/test_contract.py": "server.storage.api",
    "tests/server/test_session.py": "server.writer",
    "tests/server/cli/test_backup.py": "server.cli.belongings",
    "tests/server/storage/test_contract_past.py": "server.storage.jetstream.past",
    "tests/server/storage/test_conversion.py": "server.storage.format1",
    "tests/server/storage/test_database.py": "server.storage.steps server.storage.writing",
    "tests/server/storage/test_opening.py": "server.storage.schema",
    "tests/server/storage/test_sqlite.py": "server.storage.directory",
    "tests/server/cli/test_serve.py": "server.__main__ server.cli.event_loop",
    "tests/server/cli/test_worker.py": "server.workers.incoming",
    "tests/test_plugin.py": "hookspecs",
    "tests/window/ui/test_connect_dialog.py": ("window.ui.fields window.ui.server_page window.ui.join_page"),
    "tests/window/ui/test_changes_dock.py": "window.ui.button_grid",
    "tests/window/ui/test_people_dock.py": "window.ui.docks",
    "tests/window/test_bringing.py": "wording.bringing",
    "tests/window/ui/test_follow_frame.py": "wording.following",
    "tests/window/ui/test_pointing_dialog.py": "wording.pointing",
    "tests/window/ui/test_status.py": "window.ui.colours",
}
"""A test → modules that have none of their own, because it uses all of them.

A `server.…` is the server's, a `demo.…` the demo bench's.
"""


def files(folder: str, pattern: str) -> set[str]:
    """Paths of files in the checkout, from its root."""
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob(pattern)}


def subject(test: str, sources: Collection[str]) -> str | None:
    """The source that a test is about: the one with the longest name that fits; None if there is none."""
    path = PurePosixPath(test)
    room = next(room for room in ROOMS if path.is_relative_to(room))
    folder = PurePosixPath(ROOMS[room]) / path.parent.relative_to(room)
    words = path.stem.removeprefix("test_").split("_")
    for count in range(len(words), 0, -1):
        name = "_".join(words[:count])
        for candidate in (f"{name}.py", f"{name}/__init__.py", f"__{name}__.py"):
            if (source := str(folder / candidate)) in sources:
                return source
    return None


def without_subject(tests: Collection[str], sources: Collection[str]) -> set[str]:
    """The tests that mirror nothing."""
    return {test for test in tests if subject(test, sources) is None}


def without_test(sources: Collection[str], tests: Collection[str]) -> set[str]:
    """The modules that no test mirrors, except package files, which only import their content."""
    mirrored = {subject(test, sources) for test in tests}
    return {source for source in sources if source not in mirrored and not source.endswith("/__init__.py")}


def used_by_tests_of_others() -> Iterator[str]:
    """The sources in TESTED_THROUGH."""
    for names in TESTED_THROUGH.values():
        for name in names.split():
            top, *rest = name.split(".")
            room = f"{top}/optiverse_collab_{top}" if top in ("demo", "server") else f"optiverse_collab/{top}"
            yield "/".join([room, *rest]) + ".py"


TESTS = files("tests", "test_*.py")
PACKAGES = ("optiverse_collab", "demo/optiverse_collab_demo", "server/optiverse_collab_server")
MODULES = {path for package in PACKAGES for path in files(package, "*.py")}
SOURCES = MODULES | {
    path for folder in ("benchmarks", "examples", "scripts") for path in files(folder, "*.py")
}


def test_each_test_mirrors_a_source_or_says_what_it_is_about() -> None:
    assert without_subject(TESTS, SOURCES) == set(ABOUT_MORE)


def test_each_module_has_a_test_or_says_which_one_uses_it() -> None:
    assert without_test(MODULES, TESTS) == set(used_by_tests_of_others())
    assert set(TESTED_THROUGH) <= TESTS


SOME_SOURCES = {
    "optiverse_collab/core/checks.py",
    "optiverse_collab/core/server/room.py",
    "optiverse_collab/host/optiverse/layers/__init__.py",
    "optiverse_collab/window/ui/status.py",
    "server/optiverse_collab_server/hub.py",
    "server/optiverse_collab_server/hub_list.py",
}


def test_tests_are_found_by_folder_and_name() -> None:
    pairs = {
        "tests/core/test_checks.py": "optiverse_collab/core/checks.py",
        "tests/core/server/test_room_of_many.py": "optiverse_collab/core/server/room.py",
        "tests/host/optiverse/test_layers.py": "optiverse_collab/host/optiverse/layers/__init__.py",
        "tests/server/test_hub.py": "server/optiverse_collab_server/hub.py",
        "tests/server/test_hub_list_long.py": "server/optiverse_collab_server/hub_list.py",
    }
    assert {test: subject(test, SOME_SOURCES) for test in pairs} == pairs


def test_a_test_elsewhere_and_a_forgotten_module_are_noticed() -> None:
    tests = {"tests/core/test_room.py", "tests/core/test_check.py", "tests/window/ui/test_status.py"}
    assert without_subject(tests, SOME_SOURCES) == tests - {"tests/window/ui/test_status.py"}
    assert without_test(SOME_SOURCES, tests) == {
        "optiverse_collab/core/checks.py",
        "optiverse_collab/core/server/room.py",
        "server/optiverse_collab_server/hub.py",
        "server/optiverse_collab_server/hub_list.py",
    }
