"""Play the README's quick start: a server, a watcher, a bench, kill -9, and nothing is lost.

    make quick-start

Everything happens in a temporary folder and on a free port.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent / "tests" / "data" / "bench_small.json"
STARTED = re.compile(r"Starting Optiverse Collaboration Server on .*:(\d+)")
MOVE = """
import sys
from optiverse_collab.scripting import Bench

with Bench(sys.argv[1], session="demo", user="script") as bench:
    [mirror] = bench.named('Standard Mirror (1")')
    mirror.move(120.0, 40.0)
"""


class Program:
    """A program whose output is shown line by line, marked with its name."""

    def __init__(self, name: str, *arguments: str) -> None:
        self._name = name
        self._lines: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._show, daemon=True).start()

    def line(self, pattern: str) -> re.Match[str]:
        """Wait for a line that matches.

        Raises:
            SystemExit: there was none within 30 s.
        """
        with self._news:
            if self._news.wait_for(lambda: self._find(pattern), timeout=30):
                found = self._find(pattern)
                assert found is not None
                return found
        sys.exit(f"{self._name} never wrote {pattern!r}")

    def _find(self, pattern: str) -> re.Match[str] | None:
        return next(filter(None, (re.search(pattern, line) for line in self._lines)), None)

    def _show(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            print(f"{self._name:>7} │ {line}", end="", flush=True)
            with self._news:
                self._lines.append(line)
                self._news.notify_all()


def command(*arguments: str) -> None:
    """Run one of our commands to its end and show its output."""
    print(f"        $ optiverse-collab {' '.join(arguments)}", flush=True)
    Program("", "-m", "optiverse_collab", *arguments).process.wait()


def serve(folder: Path, port: str = "0") -> tuple[Program, str]:
    """Start the server; returns it and its port."""
    data = str(folder / "benches")
    server = Program("server", "-m", "optiverse_collab_server", "--data", data, "--port", port)
    return server, server.line(STARTED.pattern)[1]


def main() -> None:
    """Play it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server, port = serve(folder)
        url = f"ws://localhost:{port}"
        at = ["--session", "demo", "--server", url]
        watch = Program("watch", "-m", "optiverse_collab", "watch", *at, "--user", "DESKTOP-X")
        watch.line("watching")
        command("push", str(BENCH), *at)
        subprocess.run([sys.executable, "-c", MOVE, url], check=True)
        watch.line(r"script \(script\) moved")
        print("        $ kill -9 the server, and start it again", flush=True)
        server.process.kill()
        server.process.wait()
        server, _ = serve(folder, port)
        watch.line("connected again")
        copy = folder / "copy.json"
        command("pull", str(copy), *at)
        watch.process.kill()
        server.process.terminate()
        server.process.wait()
        moved = '"x_mm": 120.0' in copy.read_text("utf-8")
        print(
            "        Everything is there, the mirror at its new place."
            if moved
            else "        The mirror is lost!"
        )
        sys.exit(0 if moved else 1)


if __name__ == "__main__":
    main()
