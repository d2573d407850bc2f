"""The window's connection: one attempt, how it ended in words, and how well it does."""
