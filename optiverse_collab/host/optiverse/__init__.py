"""The adapter for Optiverse 0.3 and 0.2, and all workarounds for them.

Nothing outside knows a name of Optiverse. It imports nothing, since `launch` has to start where PyQt6 is
missing.
"""
