"""Live collaboration for Optiverse: a plugin for the editor and a client for scripts.

At the top lie the ways in (`__main__`, `plugin`), what every room may use (`errors`, `hookspecs`) and what
says who we are (`manifest`, `category`). Everything else has a room. This package imports nothing, so that
the core can be used where there is no Qt.
"""
