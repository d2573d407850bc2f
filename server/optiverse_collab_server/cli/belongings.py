"""The files of a data folder besides the sessions."""

from __future__ import annotations

from optiverse_collab_server import signing
from optiverse_collab_server.access import file as access_file
from optiverse_collab_server.config import sources
from optiverse_collab_server.standby import standing
from optiverse_collab_server.tls import FOLDER as TLS_FOLDER

BESIDES = (access_file.FILE_NAME, TLS_FOLDER, signing.KEY_NAME, standing.FILE_NAME, sources.FILE_NAME)
"""The grants, the key that links name, the one that signs heads, the term, and the settings."""
