"""Live collaboration for Optiverse: a plugin for the editor and a client for scripts.

The name is a regular package without imports of its own, so that ``optiverse_collab.core`` can be
used where there is no Qt (docs/architecture.md).
"""
