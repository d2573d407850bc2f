"""The page of the connect dialog on which a server is started on this computer."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from optiverse_collab.core.protocol.address import check_name, invite_link
from optiverse_collab.window.lan import is_local, lan_addresses, reachable_url
from optiverse_collab.window.settings import Settings
from optiverse_collab.window.ui.clipboard import copy_text
from optiverse_collab.window.ui.fields import CheckedField, Sentence
from optiverse_collab.wording import dialogs

ANYWHERE = "0.0.0.0"
HERE = "127.0.0.1"


class ServerPage(QWidget):
    """Port, who may connect, session, name, and the invite that results.

    Attributes:
        port: on which the server listens.
        listen: who may connect; its data is the address to open.
        session: field for the session's name.
        user: field for the user's name.
        invite: the link for the others, if the server is open to this computer alone; else there is none yet.

    Signals:
        changed: a field changed; see `valid`.
    """

    changed = pyqtSignal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.port = QSpinBox(self)
        self.port.setRange(1, 65535)
        self.port.setGroupSeparatorShown(False)
        self.listen = QComboBox(self)
        self.listen.addItem(dialogs.LISTEN_LOCAL, HERE)
        self.listen.addItem(dialogs.LISTEN_LAN, ANYWHERE)
        self._lan = Sentence("", self)
        self._lan.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.session = CheckedField(lambda name: check_name(name, "session"), self)
        self.user = CheckedField(lambda name: check_name(name, "user"), self)
        self.invite = QLineEdit(self)
        self.invite.setReadOnly(True)
        self.copy = QPushButton(dialogs.COPY, self)
        hint = Sentence(dialogs.HOST_HINT, self)
        self._lay_out(hint)
        self.port.setValue(settings.port)
        self.listen.setCurrentIndex(max(0, self.listen.findData(settings.listen)))
        self.session.set_text(settings.session)
        self.user.set_text(settings.user)
        self.port.valueChanged.connect(self._on_changed)
        self.listen.currentIndexChanged.connect(self._on_changed)
        self.session.changed.connect(self._on_changed)
        self.user.changed.connect(self._on_changed)
        self.copy.clicked.connect(self._on_copy)
        self._on_changed()

    @property
    def valid(self) -> bool:
        """Whether all fields can be used."""
        return self.session.valid and self.user.valid

    @property
    def address(self) -> str:
        """The address that the server opens."""
        return str(self.listen.currentData())

    def link(self) -> str:
        """The link for others on this computer, who need no invite."""
        return invite_link(reachable_url(self.port.value(), self.address), self.session.text)

    def _lay_out(self, hint: Sentence) -> None:
        invite = QHBoxLayout()
        invite.addWidget(self.invite)
        invite.addWidget(self.copy)
        layout = QFormLayout(self)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        layout.addRow(dialogs.PORT, self.port)
        layout.addRow(dialogs.LISTEN, self.listen)
        layout.addRow("", self._lan)
        layout.addRow(dialogs.SESSION, self.session)
        layout.addRow(dialogs.NAME, self.user)
        layout.addRow(dialogs.INVITE, invite)
        layout.addRow(hint)

    @pyqtSlot()
    def _on_changed(self) -> None:
        local = is_local(self.address)
        self._lan.setVisible(not local)
        if not local:
            addresses = lan_addresses()
            self._lan.setText(dialogs.opens_to(addresses[0].address if addresses else "", self.port.value()))
        self.invite.setText(self.link() if local and self.session.valid else "")
        self.invite.setPlaceholderText("" if local else dialogs.INVITE_LATER)
        self.invite.setCursorPosition(0)
        self.copy.setEnabled(local and self.session.valid)
        self.copy.setText(dialogs.COPY)
        self.changed.emit()

    @pyqtSlot()
    def _on_copy(self) -> None:
        copy_text(self.invite.text())
        self.copy.setText(dialogs.COPIED)
