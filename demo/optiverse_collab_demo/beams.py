"""Ray tracing: straight, reflected by mirrors, split by beamsplitters, bent by thin lenses. No Qt.

Geometric rays in a plane. A thin lens turns a ray by -y/f, y being the distance from its centre (the
paraxial rule that Optiverse uses, so that both show the same). There is no polarisation and no
refraction: such surfaces let light pass.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from optiverse_collab_demo.geometry import Point, angle, number, point, surfaces, turn

MAX_BOUNCES = 40
"""Surfaces that one ray meets, at most."""

MIN_ENERGY = 0.02
"""Weaker rays aren't followed. (As in Optiverse.)"""

MAX_SEGMENTS = 4000
"""For a whole bench: two beamsplitters between two mirrors would keep doubling."""

_STEP = 1e-6  # mm; what a ray has just left, it doesn't meet again


class Surface(NamedTuple):
    """An optical surface, as a straight line.

    Attributes:
        a, b: its ends, in mm.
        kind: its `element_type`.
        efl_mm: focal length of a lens; 0 does nothing.
        through: the part of the energy that passes straight on.
        back: the part that is reflected.
        edge_nm: where a dichroic changes from one to the other; None for surfaces that ignore colour.
    """

    a: Point
    b: Point
    kind: str
    efl_mm: float = 0.0
    through: float = 1.0
    back: float = 0.0
    edge_nm: float | None = None

    def split(self, wavelength_nm: float) -> tuple[float, float]:
        """The parts of the energy that pass and that come back."""
        if self.edge_nm is None or wavelength_nm <= 0:
            return self.through, self.back
        return (self.through, self.back) if wavelength_nm >= self.edge_nm else (self.back, self.through)


class Ray(NamedTuple):
    """Light on its way.

    Attributes:
        at: in mm.
        direction: of length 1.
        energy: 1 where it leaves the source.
        length_mm: how far it still goes.
        colour: ``#rrggbb``.
        wavelength_nm: 0 if it isn't known.
    """

    at: Point
    direction: Point
    energy: float = 1.0
    length_mm: float = 1000.0
    colour: str = "#dc143c"
    wavelength_nm: float = 0.0


class Segment(NamedTuple):
    """A straight piece of light, to be drawn."""

    start: Point
    end: Point
    energy: float
    colour: str


def light_of(items: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Segment]:
    """All light on a bench.

    Args:
        items: kinds and properties.
    """
    items = list(items)
    rays = [ray for kind, props in items if kind == "source" for ray in rays_of(props)]
    kinds_without = ("source", "group")
    lines = [
        line for kind, props in items if rays and kind not in kinds_without for line in surfaces_of(props)
    ]
    return trace(rays, lines)


def trace(rays: Iterable[Ray], lines: Iterable[Surface]) -> list[Segment]:
    """Follow rays until they have gone their length, are too weak, or met too many surfaces."""
    all_lines = list(lines)
    segments: list[Segment] = []
    pending = [(ray, 0) for ray in rays]
    pending.reverse()
    while pending and len(segments) < MAX_SEGMENTS:
        ray, bounces = pending.pop()
        hit = _first_hit(ray, all_lines)
        distance = ray.length_mm if hit is None else hit[0]
        end = _along(ray, distance)
        segments.append(Segment(ray.at, end, ray.energy, ray.colour))
        if hit is None or bounces >= MAX_BOUNCES:
            continue
        left = ray._replace(at=end, length_mm=ray.length_mm - distance)
        pending += [(ray, bounces + 1) for ray in _after(left, hit[1]) if ray.energy >= MIN_ENERGY]
    return segments


def _along(ray: Ray, distance: float) -> Point:
    return ray.at[0] + distance * ray.direction[0], ray.at[1] + distance * ray.direction[1]


def _first_hit(ray: Ray, lines: list[Surface]) -> tuple[float, Surface] | None:
    """The nearest surface in the ray's path, and its distance."""
    (px, py), (dx, dy) = ray.at, ray.direction
    nearest, found = ray.length_mm, None
    for line in lines:
        (ax, ay), (bx, by) = line.a, line.b
        ex, ey = bx - ax, by - ay
        cross = dx * ey - dy * ex
        if cross == 0.0:
            continue
        distance = ((ax - px) * ey - (ay - py) * ex) / cross
        if not _STEP < distance < nearest:
            continue
        if 0.0 <= ((ax - px) * dy - (ay - py) * dx) / cross <= 1.0:
            nearest, found = distance, line
    return None if found is None else (nearest, found)


def _after(ray: Ray, line: Surface) -> list[Ray]:
    """The rays that leave a surface."""
    tangent = _unit(line.b[0] - line.a[0], line.b[1] - line.a[1])
    along = ray.direction[0] * tangent[0] + ray.direction[1] * tangent[1]
    if line.kind == "lens":
        return [ray._replace(direction=_bent(ray, line, tangent, along))]
    through, back = line.split(ray.wavelength_nm)
    mirrored = (2 * along * tangent[0] - ray.direction[0], 2 * along * tangent[1] - ray.direction[1])
    return [
        ray._replace(energy=ray.energy * through),
        ray._replace(energy=ray.energy * back, direction=mirrored),
    ]


def _bent(ray: Ray, lens: Surface, tangent: Point, along: float) -> Point:
    if lens.efl_mm == 0.0:
        return ray.direction
    normal = (-tangent[1], tangent[0])
    forward = ray.direction[0] * normal[0] + ray.direction[1] * normal[1]
    if forward < 0:
        normal, forward = (-normal[0], -normal[1]), -forward
    x, y = ray.at[0] - (lens.a[0] + lens.b[0]) / 2, ray.at[1] - (lens.a[1] + lens.b[1]) / 2
    out = math.atan2(along, forward) - (x * tangent[0] + y * tangent[1]) / lens.efl_mm
    c, s = math.cos(out), math.sin(out)
    return c * normal[0] + s * tangent[0], c * normal[1] + s * tangent[1]


def _unit(x: float, y: float) -> Point:
    length = math.hypot(x, y) or 1.0
    return x / length, y / length


def rays_of(source: Mapping[str, Any]) -> list[Ray]:
    """The rays that leave a source: side by side over its size, or in a fan."""
    at = point(source.get("pos"))
    if at is None:
        return []
    count = max(1, min(int(number(source.get("n_rays"), 9)), 64))
    size = number(source.get("size_mm"), 10.0)
    spread = number(source.get("spread_deg"), 0.0)
    colour = source.get("color_hex")
    rays = []
    for i in range(count):
        part = 0.0 if count == 1 else 2.0 * i / (count - 1) - 1.0  # -1 … 1
        turned = angle(source) - part * spread
        x, y = turn((at[0], at[1] + part * size / 2), angle(source), at)
        rays.append(
            Ray(
                (x, y),
                turn((1.0, 0.0), turned, (0.0, 0.0)),
                length_mm=max(0.0, number(source.get("ray_length_mm"), 1000.0)),
                colour=colour if isinstance(colour, str) else "#dc143c",
                wavelength_nm=number(source.get("wavelength_nm"), 0.0),
            )
        )
    return rays


def surfaces_of(component: Mapping[str, Any]) -> list[Surface]:
    """The surfaces of a component, where they are on the bench."""
    at = point(component.get("pos"))
    if at is None:
        return []
    found = []
    for interface, a, b in surfaces(component):
        surface = _surface(interface)
        if surface is not None:
            ends = [turn((at[0] + x, at[1] + y), angle(component), at) for x, y in (a, b)]
            found.append(surface._replace(a=ends[0], b=ends[1]))
    return found


def _surface(interface: Mapping[str, Any]) -> Surface | None:
    kind = interface.get("element_type")
    nowhere = (0.0, 0.0)
    if kind == "lens":
        return Surface(nowhere, nowhere, kind, efl_mm=number(interface.get("efl_mm"), 100.0))
    if kind == "mirror":
        back = number(interface.get("reflectivity"), 100.0) / 100.0
        return Surface(nowhere, nowhere, kind, through=0.0, back=back)
    if kind == "beam_splitter":
        through, back = number(interface.get("split_T"), 50.0), number(interface.get("split_R"), 50.0)
        if interface.get("is_polarizing"):
            through = back = 50.0  # of light that isn't polarised
        return Surface(nowhere, nowhere, kind, through=through / 100.0, back=back / 100.0)
    if kind == "dichroic":
        long, edge = (
            interface.get("pass_type") != "shortpass",
            number(interface.get("cutoff_wavelength_nm"), 550),
        )
        return Surface(nowhere, nowhere, kind, through=float(long), back=float(not long), edge_nm=edge)
    if kind == "beam_block":
        return Surface(nowhere, nowhere, kind, through=0.0, back=0.0)
    return None
