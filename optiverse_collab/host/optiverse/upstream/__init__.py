"""What we touch of Optiverse, declared and checked: its names, its versions, and where it is installed.

No workarounds: those are where they are needed.
"""
