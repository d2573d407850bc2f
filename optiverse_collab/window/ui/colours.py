"""Colours for states, from the palette of Okabe and Ito (https://jfly.uni-koeln.de/color/)."""

from __future__ import annotations

from PyQt6.QtGui import QColor

BLUE = QColor("#0072B2")
VERMILION = QColor("#D55E00")
GREEN = QColor("#009E73")
ORANGE = QColor("#E69F00")

GREY = QColor("#808080")
"""For inactive states."""
