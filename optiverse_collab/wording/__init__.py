"""Sentences for users: log lines, connections, edits, dialogs.

Pure: effects in, text out. Texts for users of the editor are here and nowhere else, as constants, and as
functions that return a whole sentence, so that a catalogue of translations can replace them
(docs/decisions/0044). Layout is in `window.ui`, menu texts are in plugin.toml, and the text of an error is
where the error is raised.
"""
