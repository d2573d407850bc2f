"""Okabe and Ito's palette, which people with any colour vision tell apart (https://jfly.uni-koeln.de/color/).

Without black, and without the yellow that can't be read on white.
"""

from __future__ import annotations

from PyQt6.QtGui import QColor

BLUE = QColor("#0072B2")
VERMILION = QColor("#D55E00")
GREEN = QColor("#009E73")
PURPLE = QColor("#CC79A7")
ORANGE = QColor("#E69F00")
SKY_BLUE = QColor("#56B4E9")

GREY = QColor("#808080")
"""For what is switched off."""
