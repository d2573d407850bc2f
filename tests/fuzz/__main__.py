"""Feed hostile input to everything that strangers can reach: ``python -m tests.fuzz --inputs N``."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence

from tests.fuzz.client_target import ClientTarget
from tests.fuzz.door_target import DoorTarget
from tests.fuzz.faults import Fault, Target
from tests.fuzz.files_target import FilesTarget
from tests.fuzz.follow_target import FollowTarget
from tests.fuzz.links_target import LinksTarget
from tests.fuzz.room_target import RoomTarget

TARGETS: dict[str, Callable[[int], Target]] = {
    "room": RoomTarget,
    "client": ClientTarget,
    "files": FilesTarget,
    "door": DoorTarget,
    "links": LinksTarget,
    "follow": FollowTarget,
}

_ROUND = 20_000
"""The number of inputs per seed."""

_REPORT_S = 10.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Feed targets; returns 1 if one of them misbehaved."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="how many for each target")
    parser.add_argument("--seed", type=int, default=None, help="the first seed (default: by chance)")
    parser.add_argument("--target", choices=[*TARGETS], action="append", help="one of these alone")
    asked = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(2**32) if asked.seed is None else asked.seed
    faults = [
        fault for name in asked.target or TARGETS if (fault := feed(name, asked.inputs, seed)) is not None
    ]
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    return 1 if faults else 0


def feed(name: str, inputs: int, seed: int) -> Fault | None:
    """Feed one target, restarting it from time to time; returns the fault that ended it, if any."""
    begun = reported = time.monotonic()
    target: Target = TARGETS[name](seed)
    for done in range(1, inputs + 1):
        if done % _ROUND == 0:
            seed += 1
            target = TARGETS[name](seed)
        try:
            target.feed()
        except Fault as fault:
            sys.stdout.write(f"{name}: seed {seed}, input {done % _ROUND} of that seed\n")
            return fault
        now = time.monotonic()
        if now - reported > _REPORT_S or done == inputs:
            reported = now
            sys.stdout.write(
                f"{name}: {done} of {inputs} inputs, {done / (now - begun):.0f} a second, seed {seed}\n"
            )
            sys.stdout.flush()
    return None


if __name__ == "__main__":
    sys.exit(main())
