"""Texts about pointing at things for others. Pure."""

from __future__ import annotations

POINT_HERE = "&Point here for the others"
TITLE = "Pointing"
POINT_CHORD = "&Point here:"
LASER_CHORD = "&Laser pointer:"
LASER_HINT = "Tap it to turn the laser pointer on or off, or hold it for as long as you point."
SHOWN = "&Show it when they point:"
NOBODY = "Nobody else is in the session."
NO_LASER = "The laser pointer doesn't start while you edit text. Click the canvas first."
TAKEN = "{chord} belongs to “{name}”; choose another."
PLAIN = "{chord} would be typed or belong to the editor; use Ctrl with other keys, or a function key."
DESKTOP = "{chord} belongs to many desktops or input methods; choose another."
ONE = "Use one chord, not several in a row."
