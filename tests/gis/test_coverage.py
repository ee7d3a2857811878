"""Do the areas fit together: overlaps and gaps above a tolerance are told, with their size and place."""

from pathlib import Path

import pytest
import shapely
from shapely import MultiPolygon, Polygon

from gis.layers.coverage import flaws_of, report_flaws
from gis.layers.measuring import area_m2
from gis.layers.reading import ReadArea, Report, read_layer
from tests.gis.district import TOWNS, read_of

CASES = Path(__file__).parent / "cases"


def areas(**shapes: Polygon) -> list[ReadArea]:
    return [ReadArea(code, code, None, MultiPolygon([shape])) for code, shape in shapes.items()]


def test_towns_that_share_their_edges_have_no_flaw():
    assert flaws_of(read_of(TOWNS).features) == []


def test_an_overlap_is_told_with_its_size_and_place():
    read = read_layer(CASES / "overlapping_towns.geojson", "towns", "name", "code", None, None)
    (flaw,) = flaws_of(read.features)
    assert (flaw.kind, flaw.codes) == ("overlap", ("371302001", "371302002"))
    assert flaw.area_m2 == pytest.approx(area_m2(shapely.box(118.39, 35.0, 118.40, 35.1)), rel=1e-6)
    assert 118.39 < flaw.lon < 118.40
    report_flaws(read.features, read.report)
    assert [line.code for line in read.report.lines] == ["overlap"]


def test_an_enclosed_gap_is_told():
    ring = areas(
        a=shapely.box(0, 0, 0.3, 0.1),
        b=shapely.box(0, 0.2, 0.3, 0.3),
        c=shapely.box(0, 0.1, 0.1, 0.2),
        d=shapely.box(0.2, 0.1, 0.3, 0.2),
    )
    (flaw,) = flaws_of(ring)
    assert (flaw.kind, set(flaw.codes)) == ("gap", {"a", "b", "c", "d"})
    assert flaw.area_m2 == pytest.approx(area_m2(shapely.box(0.1, 0.1, 0.2, 0.2)))


def test_a_slit_that_reaches_the_border_is_told():
    slit = areas(
        a=shapely.box(118.3, 35.0, 118.4, 35.1), b=Polygon([(118.4, 35.0), (118.5, 35.0), (118.5, 35.1), (118.4002, 35.1)])
    )
    (flaw,) = flaws_of(slit)
    assert (flaw.kind, flaw.codes) == ("gap", ("a", "b"))
    assert flaw.area_m2 == pytest.approx(area_m2(Polygon([(118.4, 35.0), (118.4, 35.1), (118.4002, 35.1)])), rel=0.1)


def test_what_lies_below_the_tolerance_is_not_told():
    thin = areas(a=shapely.box(118.3, 35.0, 118.4000001, 35.1), b=shapely.box(118.4, 35.0, 118.5, 35.1))
    assert flaws_of(thin, tolerance_m2=1000) == []
    assert len(flaws_of(thin, tolerance_m2=10)) == 1


def test_a_hole_that_an_area_has_of_its_own_is_no_gap():
    report = Report()
    report_flaws(read_layer(CASES / "hole_of_its_own.geojson", "towns", "name", "code", None, None).features, report)
    assert report.lines == []


def test_a_narrow_inlet_of_one_area_is_its_own_shape():
    inlet = Polygon(
        [(118.3, 35.0), (118.4, 35.0), (118.4, 35.1), (118.3502, 35.1), (118.35, 35.05), (118.3498, 35.1), (118.3, 35.1)]
    )
    assert flaws_of(areas(a=inlet, b=shapely.box(118.4, 35.0, 118.5, 35.1))) == []


def test_a_hole_that_a_neighbour_fills_only_in_part_is_a_gap():
    ring = Polygon([(0, 0), (0.3, 0), (0.3, 0.3), (0, 0.3)], [[(0.1, 0.1), (0.2, 0.1), (0.2, 0.2), (0.1, 0.2)]])
    (flaw,) = flaws_of(areas(ring=ring, inner=shapely.box(0.1, 0.1, 0.2, 0.15)))
    assert (flaw.kind, flaw.codes) == ("gap", ("ring", "inner"))
