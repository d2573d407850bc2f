"""No test waits for a process past its deadline, and each test decides whether a process ignores SIGINT."""

from __future__ import annotations

import pytest

from tests.helpers.processes import python, run_python

GRANDCHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(40); print('too late')"])
print("started", flush=True)
child.wait()
"""


def test_deadline_ends_what_a_process_started_too() -> None:
    """A grandchild keeps open the pipe that the test reads to its end."""
    with python("-c", GRANDCHILD, deadline=1) as process:
        output, _ = process.communicate()
    assert output == "started\n"


HANDLER = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
NESTED = (
    f"from tests.helpers.processes import run_python; print(run_python('-c', {HANDLER!r}).output, end='')"
)


@pytest.mark.parametrize("ignored", [True, False])
def test_sigint_is_ignored_only_when_asked(ignored: bool) -> None:
    with python("-c", HANDLER, ignores_sigint=ignored) as process:
        output, _ = process.communicate()
    assert output == f"{ignored}\n"


def test_job_in_the_background_starts_what_sigint_ends() -> None:
    """As with `nohup make test &`, where this process ignores SIGINT."""
    with python("-c", NESTED, ignores_sigint=True) as process:
        output, _ = process.communicate()
    assert output == "False\n"
    assert run_python("-c", NESTED).output == "False\n"
