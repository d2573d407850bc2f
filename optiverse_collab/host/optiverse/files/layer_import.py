"""Items imported as a layer get new ids."""

from __future__ import annotations

import uuid

from optiverse_collab.convert import with_fresh_ids
from optiverse_collab.host.optiverse.upstream.contract import Override
from optiverse_collab.host.optiverse.upstream.items import Data
from optiverse_collab.host.optiverse.upstream.window import FileController


class LayerImport:
    """Gives new ids to items from "Import as layer".

    Quirk: the host keeps the file's ids, also where the bench has them already. Two people who import the
    same file at once would put the same records, and have one copy between them.

    Args:
        files: of a main window of Optiverse.
    """

    def __init__(self, files: FileController) -> None:
        self._files = files
        self._override = Override(files, "_import_items_for_layer", self._import_items)

    def close(self) -> None:
        """Leave importing to the host."""
        self._override.undo()

    def _import_items(self, data: Data) -> object:
        """Stand in for the host's method, which makes items; afterwards the host reads groups from `data`."""
        data.update(with_fresh_ids(data, lambda: str(uuid.uuid4())))
        return type(self._files)._import_items_for_layer(self._files, data)
