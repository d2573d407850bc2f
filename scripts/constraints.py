"""Resolve the dependencies and write the pins: constraints.txt, scripts/uv.txt, pyproject.toml.

    make constraints

One resolution serves every platform and every supported Python. constraints.txt has versions and
hashes, and scripts/bootstrap.py installs from it. uv reads no such file for `uv run`, so the same
versions are written into `constraint-dependencies` of pyproject.toml: then a plain `uv run pytest` gets
them too. docs/decisions/0002-environment.md says why there is no uv.lock.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
OLDEST_PYTHON = "3.10"
LIST = re.compile(r"^constraint-dependencies = \[\n.*?^\]\n", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Write all three, from today's versions in the registry."""
    ours = ("optiverse-collab", "optiverse-collab-demo", "optiverse-collab-server")
    own = [option for name in ours for option in ("--no-emit-package", name)]
    # --no-config: yesterday's pins must not hold back today's.
    compile_pins("constraints.txt", "pyproject.toml", "--no-config", "--group", "dev", *own)
    compile_pins("scripts/uv.txt", "-", "--no-config", requirements="uv")
    project = PROJECT.read_text(encoding="utf-8")
    PROJECT.write_text(LIST.sub(constraint_list(), project), encoding="utf-8", newline="\n")


def compile_pins(output: str, source: str, *options: str, requirements: str = "") -> None:
    """Write a file of versions and hashes, without the index, paths and the command line."""
    universal = ["--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--upgrade"]
    plain = ["--no-header", "--no-annotate", "--quiet"]
    uv = os.environ.get("UV", "uv")  # `uv run` sets this to itself
    command = [uv, "pip", "compile", source, "-o", output, *universal, *plain, *options]
    code = subprocess.run(command, cwd=ROOT, input=requirements, text=True).returncode
    if code:
        sys.exit(code)


def constraint_list() -> str:
    """The pins of constraints.txt without the hashes, in the form of pyproject.toml."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = [line.removesuffix("\\").strip() for line in text.splitlines() if not line.startswith(" ")]
    return "constraint-dependencies = [\n" + "".join(f'    "{pin}",\n' for pin in pins) + "]\n"


if __name__ == "__main__":
    main()
