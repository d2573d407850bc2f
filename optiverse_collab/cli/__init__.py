"""The commands of ``optiverse-collab``, one module each; they use the scripting client and nothing below."""
