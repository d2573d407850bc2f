"""Light does what the textbook says: angles, focal points, energies, and an end to every path."""

from __future__ import annotations

import math
from typing import Any

import pytest

from optiverse_collab_demo.beams import (
    MAX_BOUNCES,
    MAX_SEGMENTS,
    MIN_ENERGY,
    Ray,
    Segment,
    Surface,
    rays_of,
    surfaces_of,
    trace,
)


def component(
    element: str, pos: tuple[float, float] = (0.0, 0.0), angle: float = 0.0, **more: Any
) -> dict[str, Any]:
    """A component with one upright surface, 40 mm long, through its centre."""
    line = {"x1_mm": 0.0, "y1_mm": 20.0, "x2_mm": 0.0, "y2_mm": -20.0, "element_type": element, **more}
    return {"pos": list(pos), "angle_deg": angle, "interfaces": [line]}


def heading(segment: Segment) -> float:
    """The direction in degrees, counter-clockwise from the right."""
    (x1, y1), (x2, y2) = segment.start, segment.end
    return math.degrees(math.atan2(y2 - y1, x2 - x1))


def right(y: float = 0.0, **more: Any) -> Ray:
    """A ray that goes to the right from x = -100."""
    return Ray((-100.0, y), (1.0, 0.0), **more)


def height_at(segment: Segment, x: float) -> float:
    (x1, y1), (x2, y2) = segment.start, segment.end
    return y1 + (y2 - y1) * (x - x1) / (x2 - x1)


def test_nothing_in_the_way_leaves_it_straight() -> None:
    (segment,) = trace([right(length_mm=300.0)], [])
    assert segment.start == (-100.0, 0.0)
    assert segment.end == (200.0, 0.0)


@pytest.mark.parametrize("angle", [0.0, 10.0, 30.0, 45.0, 60.0, 89.0, 100.0, 200.0, 315.0])
def test_mirror_reflects_at_the_angle_of_incidence(angle: float) -> None:
    """If a mirror turns clockwise by a, the reflected ray turns by 2a."""
    incoming, outgoing = trace([right()], surfaces_of(component("mirror", angle=angle)))
    assert incoming.end == pytest.approx((0.0, 0.0), abs=1e-9)
    assert math.cos(math.radians(heading(outgoing) - (180.0 - 2 * angle))) == pytest.approx(1.0)


@pytest.mark.parametrize("focal", [50.0, 100.0, 250.0])
def test_parallel_rays_meet_at_the_focal_point(focal: float) -> None:
    lens = surfaces_of(component("lens", efl_mm=focal))
    for y in (-2.0, -1.0, 1.0, 2.0):
        _, out = trace([right(y)], lens)
        assert height_at(out, focal) == pytest.approx(0.0, abs=0.003)


def test_lens_works_the_same_from_both_sides_and_upside_down() -> None:
    for angle in (0.0, 180.0):
        lens = surfaces_of(component("lens", angle=angle, efl_mm=100.0))
        _, out = trace([Ray((100.0, 2.0), (-1.0, 0.0))], lens)
        assert height_at(out, -100.0) == pytest.approx(0.0, abs=0.003)


def test_diverging_lens_spreads_as_if_from_its_focal_point() -> None:
    _, out = trace([right(2.0)], surfaces_of(component("lens", efl_mm=-100.0)))
    assert height_at(out, 100.0) == pytest.approx(4.0, abs=0.003)


def test_ray_through_the_centre_of_a_lens_is_not_bent() -> None:
    direction = (math.cos(0.3), math.sin(0.3))
    _, out = trace(
        [Ray((0.0 - direction[0], -direction[1]), direction)], surfaces_of(component("lens", efl_mm=50.0))
    )
    assert math.radians(heading(out)) == pytest.approx(0.3)


def test_lens_images_a_point_two_focal_lengths_away_upside_down() -> None:
    """1/a + 1/b = 1/f: from 2f to 2f, with magnification -1."""
    lens = surfaces_of(component("lens", efl_mm=50.0))
    for slope in (-0.02, 0.0, 0.02):
        _, out = trace([Ray((-100.0, 1.0), (math.cos(slope), math.sin(slope)))], lens)
        assert height_at(out, 100.0) == pytest.approx(-1.0, abs=0.01)


@pytest.mark.parametrize(("through", "back"), [(50.0, 50.0), (70.0, 30.0), (90.0, 10.0)])
def test_beamsplitter_shares_the_energy_out(through: float, back: float) -> None:
    splitter = surfaces_of(component("beam_splitter", angle=45.0, split_T=through, split_R=back))
    incoming, *out = trace([right()], splitter)
    energies = {round(heading(segment)): segment.energy for segment in out}
    assert energies == {0: pytest.approx(through / 100), 90: pytest.approx(back / 100)}
    assert incoming.energy == 1.0


def test_polarising_beamsplitter_halves_unpolarised_light() -> None:
    line = component("beam_splitter", angle=45.0, split_T=0.0, split_R=0.0, is_polarizing=True)
    assert [segment.energy for segment in trace([right()], surfaces_of(line))] == [1.0, 0.5, 0.5]


def test_mirror_keeps_what_it_does_not_reflect() -> None:
    _, out = trace([right()], surfaces_of(component("mirror", reflectivity=80.0)))
    assert out.energy == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("kind", "wavelength", "passes"),
    [
        ("longpass", 633.0, True),
        ("longpass", 450.0, False),
        ("shortpass", 633.0, False),
        ("shortpass", 450.0, True),
    ],
)
def test_dichroic_looks_at_the_colour(kind: str, wavelength: float, passes: bool) -> None:
    line = component("dichroic", pass_type=kind, cutoff_wavelength_nm=550.0)
    _, out = trace([right(wavelength_nm=wavelength)], surfaces_of(line))
    assert abs(heading(out)) == pytest.approx(0.0 if passes else 180.0)


def test_beam_block_ends_a_ray() -> None:
    (segment,) = trace([right()], surfaces_of(component("beam_block")))
    assert segment.end == (0.0, 0.0)


def test_what_does_nothing_here_lets_light_pass() -> None:
    assert surfaces_of(component("polarizing_interface")) == []
    assert surfaces_of(component("from the future")) == []


def test_ray_misses_what_is_beside_it() -> None:
    assert len(trace([right(20.001)], surfaces_of(component("mirror")))) == 1


def test_nearest_surface_counts() -> None:
    far, near = component("mirror", (50.0, 0.0)), component("beam_block", (10.0, 0.0))
    (segment,) = trace([right()], surfaces_of(far) + surfaces_of(near))
    assert segment.end[0] == pytest.approx(10.0)


def test_path_is_as_long_as_the_source_says_round_corners_too() -> None:
    segments = trace([right(length_mm=250.0)], surfaces_of(component("mirror", angle=45.0)))
    assert sum(math.dist(s.start, s.end) for s in segments) == pytest.approx(250.0)


def test_light_between_two_mirrors_ends() -> None:
    cavity = surfaces_of(component("mirror", (-10.0, 0.0))) + surfaces_of(component("mirror", (10.0, 0.0)))
    segments = trace([Ray((0.0, 0.0), (1.0, 0.0), length_mm=1e9)], cavity)
    assert len(segments) == MAX_BOUNCES + 1


def test_weak_light_ends() -> None:
    cavity = [Surface((x, -9.0), (x, 9.0), "mirror", through=0.0, back=0.5) for x in (-10.0, 10.0)]
    segments = trace([Ray((0.0, 0.0), (1.0, 0.0), length_mm=1e9)], cavity)
    assert segments[-1].energy >= MIN_ENERGY > segments[-1].energy * 0.5


def test_light_that_never_weakens_ends_too() -> None:
    splitters = [Surface((x, -9.0), (x, 9.0), "beam_splitter", through=1.0, back=1.0) for x in range(9)]
    assert len(trace([Ray((-5.0, 0.0), (1.0, 0.0), length_mm=1e9)], splitters)) == MAX_SEGMENTS


def test_source_angle_counts_clockwise_as_in_optiverse() -> None:
    """90° points down."""
    (ray,) = rays_of({"pos": [1.0, 2.0], "angle_deg": 90.0, "n_rays": 1, "size_mm": 0.0})
    assert ray.at == pytest.approx((1.0, 2.0))
    assert ray.direction == pytest.approx((0.0, -1.0), abs=1e-12)


def test_source_has_its_rays_side_by_side_over_its_size() -> None:
    rays = rays_of({"pos": [0, 0], "n_rays": 3, "size_mm": 10, "spread_deg": 0})
    assert [ray.at for ray in rays] == [pytest.approx(at) for at in ((0, -5), (0, 0), (0, 5))]
    assert {ray.direction for ray in rays} == {(1.0, 0.0)}


def test_source_fans_out_by_its_spread_to_both_sides() -> None:
    rays = rays_of({"pos": [0, 0], "n_rays": 3, "size_mm": 10, "spread_deg": 5.0})
    headings = [math.degrees(math.atan2(ray.direction[1], ray.direction[0])) for ray in rays]
    assert headings == pytest.approx([-5.0, 0.0, 5.0])


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"pos": "here"},
        {"pos": [1]},
        {"pos": [float("nan"), 0]},
        {"pos": [None, 1]},
    ],
)
def test_what_has_no_place_shines_not_and_stops_nothing(bad: dict[str, Any]) -> None:
    assert rays_of(bad) == []
    assert surfaces_of({**component("mirror"), "pos": None, **bad}) == []


def test_strange_values_count_as_the_defaults_of_optiverse() -> None:
    (lens,) = surfaces_of(component("lens", efl_mm="long"))
    assert lens.efl_mm == 100.0
    assert len(rays_of({"pos": [0, 0], "n_rays": None, "color_hex": 7})) == 9
    assert surfaces_of({"pos": [0, 0], "interfaces": "none"}) == []
    assert surfaces_of({"pos": [0, 0], "interfaces": [None, 3]}) == []


def test_item_with_a_picture_is_centred_on_its_first_surface() -> None:
    """As in Optiverse: the SLM's mirror stands 25 mm left of the middle of its picture."""
    line = {"x1_mm": -24.0, "y1_mm": 11.0, "x2_mm": -24.0, "y2_mm": -5.0, "element_type": "mirror"}
    (surface,) = surfaces_of({"pos": [100.0, 0.0], "image_path": "slm.png", "interfaces": [line]})
    assert (surface.a, surface.b) == ((100.0, 8.0), (100.0, -8.0))
