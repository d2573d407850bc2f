"""Where the server keeps things."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path

from optiverse_collab.errors import StorageError
from optiverse_collab_server.config.settings import Settings


def data_folder(settings: Settings) -> Path:
    """The data folder: the one that is set, or the default of this user.

    Raises:
        StorageError: none is set, and the user has no home.
    """
    if settings.data is not None:
        return settings.data
    try:
        return user_data_path("optiverse-collab") / "server"
    except (KeyError, RuntimeError) as error:  # a service, or a container, without a home
        raise StorageError(
            "This user has no home folder; choose a folder for the sessions with --data."
        ) from error
