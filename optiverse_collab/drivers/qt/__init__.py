"""The connection of a window: QWebSocket on the GUI thread, and the service that tells the window about it.

No widgets and no bench: those are in `window`.
"""
