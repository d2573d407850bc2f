"""What the nodes of Optiverse 0.3's tree of layers say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from optiverse_collab.convert.layers import FLAGS as FLAGS  # layer_tree needs it with the rest


def walk(siblings: Collection[Any]) -> Iterator[Any]:
    """All nodes from top to bottom, each before what is in it."""
    for node in siblings:
        yield node
        yield from walk(node.children)


def is_usual(node: Any) -> bool:
    """Whether there is nothing to say; this is asked of every item that moves, many times a second."""
    return node.visible and not (node.locked or node.collapsed or node.name is not None)


def said_of(node: Any) -> dict[str, Any]:
    """What is not as usual."""
    props = {} if node.name is None else {"name": node.name}
    flags = {name: bool(getattr(node, name)) for name in FLAGS}
    return {**props, **{name: value for name, value in flags.items() if value != FLAGS[name]}}


def set_flags(node: Any, props: Mapping[str, Any]) -> None:
    """Let a node say so; what properties don't say is as a rule."""
    for name, default in FLAGS.items():
        setattr(node, name, bool(props.get(name, default)))
