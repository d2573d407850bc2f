"""The nodes of Optiverse 0.3's tree of layers."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from optiverse_collab.convert.layers import FLAGS
from optiverse_collab.host.optiverse.upstream.items import Data, Props
from optiverse_collab.host.optiverse.upstream.layers import LayerNode, LayerState


def node_of(tree: LayerState, id: str) -> LayerNode:
    """The node of a group or an item that is in a tree.

    Raises:
        LookupError: it isn't.
    """
    node = tree.get_node(id)
    if node is None:
        raise LookupError(f"{id!r} is not in the tree of layers")
    return node


def walk(siblings: Collection[LayerNode]) -> Iterator[LayerNode]:
    """All nodes from top to bottom, each before what is in it."""
    for node in siblings:
        yield node
        yield from walk(node.children)


def is_default(node: LayerNode) -> bool:
    """Whether a node has only defaults; called for every moving item, many times a second."""
    return node.visible and not (node.locked or node.collapsed or node.name is not None)


def non_defaults(node: LayerNode) -> Data:
    """The flags that differ from their defaults."""
    props = {} if node.name is None else {"name": node.name}
    flags = {name: bool(getattr(node, name)) for name in FLAGS}
    return {**props, **{name: value for name, value in flags.items() if value != FLAGS[name]}}


def set_flags(node: LayerNode, props: Props) -> None:
    """Set the flags of a node; those that properties don't have get their default."""
    for name, default in FLAGS.items():
        setattr(node, name, bool(props.get(name, default)))
