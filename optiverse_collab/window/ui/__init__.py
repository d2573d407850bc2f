"""Widgets: the connect dialog, the status bar's part, the list of participants."""
