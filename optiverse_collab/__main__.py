"""``optiverse-collab``: starts Optiverse with live collaboration, or runs a command.

Nothing is imported before it is needed: a missing dependency of ours must not keep Optiverse from starting.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run what the arguments say; returns the exit code."""
    if len(sys.argv) > 1:
        try:
            from optiverse_collab.cli.main import main as command
        except ImportError as fault:
            from optiverse_collab.host.faults import sentence_of

            sys.stderr.write(f"optiverse-collab: {sentence_of(fault)}\n")
            return 1
        return command(sys.argv[1:])
    from optiverse_collab.host.optiverse.launch import launch

    return launch([])


if __name__ == "__main__":
    sys.exit(main())
