"""``optiverse-collab-server``: reads the arguments, and runs a command."""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Sequence

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server import __version__
from optiverse_collab_server.cli import (
    backup,
    check,
    delete,
    divide,
    doctor,
    export_session,
    import_session,
    invite,
    migrate,
    promote,
    prune,
    restore,
    serve,
    sessions,
)
from optiverse_collab_server.cli.check_config import show
from optiverse_collab_server.cli.rightful_user import check_user
from optiverse_collab_server.config.arguments import given
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.config.sources import resolve
from optiverse_collab_server.logs import set_up

log = logging.getLogger("optiverse_collab_server")


COMMANDS = (
    serve,
    invite,
    doctor,
    sessions,
    check,
    backup,
    restore,
    promote,
    export_session,
    import_session,
    migrate,
    divide,
    delete,
    prune,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        The exit code: 0; 1 with a line in the log if the command failed, or if a check found a fault; 2 for
        wrong arguments or settings.
    """
    options = _parser().parse_args(arguments)
    try:
        resolved = resolve(given(options), os.environ, options.config)
    except SettingsError as error:
        set_up(debug=False)
        for problem in error.problems:
            log.error("%s", problem)
        return 2
    settings = resolved.settings
    set_up(settings.debug, settings.log_format)
    os.umask(0o077)  # the data belongs to the participants, and to nobody else on this machine
    try:
        if options.check_config:
            return show(resolved)
        check_user(data_folder(settings))
        code: int = options.run(settings, options)
    except (SettingsError, StorageError) as error:
        log.error("%s", error)
        return 2 if isinstance(error, SettingsError) else 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="optiverse-collab-server",
        description="Host Optiverse benches that several people edit at once. Without a command: serve.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    serve.add_arguments(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    parser.set_defaults(config=None, check_config=False, ready_json=False)
    for command in COMMANDS:
        command.add_parser(commands)
    return parser
