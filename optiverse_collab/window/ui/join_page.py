"""The page of the connect dialog on which a session is joined."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QComboBox, QFormLayout, QSizePolicy, QWidget

from optiverse_collab.core.protocol.address import Address, check_name, invite_link, parse_address
from optiverse_collab.errors import AddressError
from optiverse_collab.window.settings import Settings
from optiverse_collab.window.ui.fields import CheckedField, Sentence
from optiverse_collab.wording import dialogs


class JoinPage(QWidget):
    """Server, session, name, and the sessions of before.

    Attributes:
        server: field for the server's address.
        session: field for the session's name.
        user: field for the user's name.
        recent: the sessions of before; choosing one fills the fields.

    Signals:
        changed: a field changed; see `valid`.
    """

    changed = pyqtSignal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.server = CheckedField(_read_server, self)
        self.session = CheckedField(lambda name: check_name(name, "session"), self)
        self.user = CheckedField(lambda name: check_name(name, "user"), self)
        self.recent = QComboBox(self)
        self.recent.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._hint = Sentence(dialogs.JOIN_HINT, self)
        self._link: Address | None = None
        layout = QFormLayout(self)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        layout.addRow(dialogs.SERVER, self.server)
        layout.addRow(dialogs.SESSION, self.session)
        layout.addRow(dialogs.NAME, self.user)
        layout.addRow(dialogs.RECENT, self.recent)
        layout.addRow(self._hint)
        for field in (self.server, self.session, self.user):
            field.changed.connect(self.changed)
            field.pasted.connect(self._on_pasted)
        self.server.edit.editingFinished.connect(self._split_link)
        self.recent.activated.connect(self._on_recent_chosen)
        self.server.changed.connect(self._show_hint)
        self._recall(settings)

    @property
    def valid(self) -> bool:
        """Whether all fields can be used."""
        return self.server.valid and self.session.valid and self.user.valid

    def address(self) -> Address:
        """The server and the session in use, with the other parts of a link.

        Raises:
            AddressError: the server's field can't be used.
        """
        self._split_link()
        server, link = parse_address(self.server.text).server, self._link
        if link is None or link.server != server:  # the user replaced the link's server
            return Address(server, self.session.text)
        return link._replace(session=self.session.text)

    def take(self, link: str) -> bool:
        """Fill the fields from an address or an invite link; False if it names no session.

        Raises:
            AddressError: it is neither.
        """
        if not self._take_link(link):
            self.server.set_text(parse_address(link).server)
        return parse_address(link).session is not None

    def _recall(self, settings: Settings) -> None:
        self.server.set_text(settings.server_url)
        self._split_link()
        self.session.set_text(settings.session)
        self.user.set_text(settings.user)
        for recent in settings.recent:
            self.recent.addItem(f"{recent.session} — {recent.server.partition('#')[0]}", recent)
        self.recent.setCurrentIndex(-1)
        self.recent.setEnabled(self.recent.count() > 0)

    @pyqtSlot(str)
    def _on_pasted(self, text: str) -> None:
        """Split a pasted invite link, whatever field it was pasted into."""
        field = self.sender()
        if field is not self.server and "://" not in text:  # a name may have /ws/ in it
            return
        if self._take_link(text) and field is self.user:
            self.user.edit.undo()

    @pyqtSlot()
    def _split_link(self) -> None:
        """Split a typed link."""
        self._take_link(self.server.text)

    def _take_link(self, text: str) -> bool:
        """Fill the fields from a link; its token and pin are not shown. False if it is none."""
        try:
            address = parse_address(text)
        except AddressError:
            return False
        if address.session is not None:
            self.session.set_text(address.session)
        elif address == Address(address.server, None):
            return False
        self._link = address
        self.server.set_text(address.server)
        self._show_hint()
        return True

    @pyqtSlot(int)
    def _on_recent_chosen(self, index: int) -> None:
        recent = self.recent.itemData(index)
        self._link = None
        self.server.set_text(recent.server)
        self._split_link()
        self.session.set_text(recent.session)

    @pyqtSlot()
    def _show_hint(self) -> None:
        """Show which parts of a link are in no field."""
        link = self._link
        used = link is not None and link.server == self.server.text
        self._hint.setText(dialogs.link_holds(link.token, link.pin) if link and used else dialogs.JOIN_HINT)


def _read_server(text: str) -> str:
    """The address in the server's field.

    Raises:
        AddressError: it is neither an address nor an invite link.
    """
    address = parse_address(text)
    return address.server if address.session is None else invite_link(address.server, address.session)
