"""The connection of a window: QWebSocket on the GUI thread, and the service that reports to the window.

No widgets and no bench: they are in `window`.
"""
