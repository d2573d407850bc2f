"""``python -m benchmarks``: all measurements in one table, or a single one; README.md explains the
figures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks import core, fanout, join, past, presence, report, window
from benchmarks.fanout import Fanout, Load
from benchmarks.presence import Moved
from benchmarks.targets import relay, server
from benchmarks.window import Sizes

MAIN = Load(participants=50, editors=10)
LOADS = (
    MAIN,
    Load(participants=50, editors=10, tls=True),
    Load(participants=50, editors=10, in_step=True),
    Load(participants=200, editors=5),
    Load(participants=200, editors=5, in_step=True),
    Load(participants=10, editors=10),
    Load(participants=2, editors=1),
)
PRESENCE = (200, 30.0, 5.0)
IDLE = Load(participants=50, editors=0)
LARGE_BENCH = 10_000
CORE_EDITS = 10_000
PAST = (1_000, 50_000, 20)
WINDOW = Sizes(components=1_000, selected=50, joined=3_000, seconds=4.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the requested measurements.

    Returns:
        The exit code: 1 if a delivery is missing.
    """
    options = _parser().parse_args(arguments)
    if options.what == "fanout":
        load = Load(
            options.participants,
            options.editors,
            options.hz,
            options.seconds,
            options.in_step,
            tls=options.tls,
        )
        report.write(report.HEAD)
        return _exit_code(_compare(load, options.runs))
    if options.what == "presence":
        _compare_presence(options.people, options.hz, options.seconds, options.runs)
        return 0
    if options.what == "past":
        _measure_past(options.components, options.changes, options.reads, options.runs)
        return 0
    if options.what == "window":
        sizes = Sizes(options.components, options.selected, options.joined, options.seconds)
        _measure_window(sizes, options.runs)
        return 0
    report.write(report.HEAD)
    runs = {load: _compare(load, options.runs) for load in LOADS}
    report.write("\n" + report.acknowledged(MAIN, runs[MAIN]))
    report.write(report.memory(MAIN, runs[MAIN]))
    _compare_presence(*PRESENCE, options.runs)
    report.write(report.idle(IDLE, [fanout.measure(server(), IDLE) for _ in range(options.runs)]))
    joins = [join.measure(server(), LARGE_BENCH) for _ in range(options.runs)]
    report.write(report.join(LARGE_BENCH, joins))
    _measure_past(*PAST, options.runs)
    report.write(report.core([core.measure(CORE_EDITS, MAIN.components) for _ in range(options.runs)]))
    _measure_window(WINDOW, options.runs)
    return _exit_code([run for servers in runs.values() for run in servers])


def _compare(load: Load, runs: int) -> list[Fanout]:
    """Measure the relay and the server alternately, and show a row; returns the server's runs."""
    relays: list[Fanout] = []
    servers: list[Fanout] = []
    for _ in range(runs):
        relays.append(fanout.measure(relay(load.tls), load))
        servers.append(fanout.measure(server(load.tls), load))
    report.write(report.row(load, relays, servers) + report.faults(servers))
    return servers


def _compare_presence(people: int, hz: float, seconds: float, runs: int) -> None:
    """Measure the relay and the server alternately under moving cursors."""
    relays: list[Moved] = []
    servers: list[Moved] = []
    for _ in range(runs):
        relays.append(presence.measure(relay(), people, hz, seconds))
        servers.append(presence.measure(server(), people, hz, seconds))
    report.write(report.presence(people, hz, relays, servers))


def _measure_past(components: int, changes: int, reads: int, runs: int) -> None:
    """Measure what it takes to read a session as it was."""
    read = [past.measure(server, components, changes, reads) for _ in range(runs)]
    report.write(report.past(components, changes, read))


def _measure_window(sizes: Sizes, runs: int) -> None:
    """Measure in the real editor, if there is one."""
    if not window.is_possible():
        report.write(f"{window.NOT_INSTALLED}\n")
        return
    report.write(report.drag(sizes, [window.drag(server(), sizes) for _ in range(runs)]))
    for sources in (0, 1):
        moved = [window.moves(server(), sizes, sources) for _ in range(runs)]
        report.write(report.moves(sizes, sources, moved))
    report.write(report.cursors([window.cursors(server(), sizes) for _ in range(runs)]))
    report.write(report.scrub([window.slider(server()) for _ in range(runs)]))
    report.write(report.join_window(sizes, [window.join(server(), sizes) for _ in range(runs)]))


def _exit_code(servers: Sequence[Fanout]) -> int:
    return 1 if report.faults(servers) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Compare the server with a bare relay."
    )
    parser.add_argument(
        "--runs", type=int, default=3, help="how often; medians are shown (default: %(default)s)"
    )
    one = parser.add_subparsers(
        dest="what", metavar="fanout|presence|past|window", help="measure one thing only"
    )
    sizes = one.add_parser("window", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    sizes.add_argument("--components", type=int, default=WINDOW.components, help="on the bench")
    sizes.add_argument("--selected", type=int, default=WINDOW.selected, help="how many of them are dragged")
    sizes.add_argument("--joined", type=int, default=WINDOW.joined, help="components in a newcomer's window")
    sizes.add_argument("--seconds", type=float, default=WINDOW.seconds, help="how long")
    crowd = one.add_parser("presence", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    crowd.add_argument("--people", type=int, default=PRESENCE[0], help="connections, all with moving cursors")
    crowd.add_argument("--hz", type=float, default=PRESENCE[1], help="moves a second of each")
    crowd.add_argument("--seconds", type=float, default=PRESENCE[2], help="how long, after the warm-up")
    old = one.add_parser("past", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    old.add_argument("--components", type=int, default=PAST[0], help="on the bench")
    old.add_argument("--changes", type=int, default=PAST[1], help="in the session")
    old.add_argument("--reads", type=int, default=PAST[2], help="how often the past is read")
    load = one.add_parser("fanout", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    load.add_argument("--participants", type=int, default=MAIN.participants, help="connections")
    load.add_argument("--editors", type=int, default=MAIN.editors, help="how many of them drag")
    load.add_argument("--hz", type=float, default=MAIN.hz, help="positions a second of each")
    load.add_argument("--seconds", type=float, default=MAIN.seconds, help="how long, after the warm-up")
    load.add_argument("--in-step", action="store_true", help="all send at the same moments")
    load.add_argument("--tls", action="store_true", help="connections are encrypted")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
