"""Items on the canvas: which are on the bench, how each kind is read, made and edited in place.

Groups and stacking are in `layers`.
"""
