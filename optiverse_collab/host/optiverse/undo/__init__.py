"""Optiverse's undo stack, kept to what its own user did while others edit the same bench."""
