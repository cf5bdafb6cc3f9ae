"""Coordinates, boundaries in and out, what does not fit together, and from a point to the deepest area."""

import json
import random

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from grids.models import Area, Household
from places.maps import boundaries, locating, mapping, projecting, shapes, surveying
from places.maps.boundaries import BadBoundaries
from places.maps.coordinates import Datum, shape_to, to_gcj02, to_wgs84
from places.models import Boundary, HouseholdPoint
from places.plans import carrying, drafting
from places.plans.preview import preview
from places.rules import How
from tests.places.conftest import drafted

# Longitude and latitude in WGS-84 and the same place in GCJ-02, as published with the algorithm
KNOWN = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]


@pytest.mark.parametrize(("earth", "chinese"), KNOWN)
def test_known_points_turn_both_ways(earth, chinese):
    assert to_gcj02(*earth) == pytest.approx(chinese, abs=1e-9)
    assert to_wgs84(*chinese) == pytest.approx(earth, abs=1e-8)


@given(st.floats(73, 137), st.floats(1, 55))
def test_any_point_in_china_comes_back(x, y):
    assert to_wgs84(*to_gcj02(x, y)) == pytest.approx((x, y), abs=1e-7)


def test_outside_china_nothing_is_shifted():
    assert to_gcj02(2.35, 48.85) == (2.35, 48.85)
    assert to_wgs84(151.2, -33.8) == (151.2, -33.8)


def box(x, y, width=0.1, height=0.1):
    return {
        "type": "Polygon",
        "coordinates": [[[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]]],
    }


def collection(*features):
    rows = [{"type": "Feature", "properties": {"code": code}, "geometry": shape} for code, shape in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


@pytest.fixture
def outlined(ground):
    """County, township and village nested; the grid's two microgrids share it, with a gap to the east."""
    content = collection(
        (ground.county.code, box(112, 22, 1, 1)),
        (ground.township.code, box(112.1, 22.1, 0.5, 0.5)),
        (ground.village.code, box(112.1, 22.1, 0.2, 0.2)),
        (ground.grid.code, box(112.1, 22.1, 0.2, 0.2)),
        (ground.microgrid.code, box(112.1, 22.1, 0.1, 0.2)),
        (ground.second_microgrid.code, box(112.2, 22.1, 0.05, 0.2)),
    )
    keep(ground, content)
    return ground


def keep(ground, content, datum=Datum.WGS84):
    found = boundaries.read(content, datum, ground.county)
    boundaries.keep(found, source="测试", is_synthetic=True, actor=None)
    return found


def at(x, y):
    key = locating.current().deepest(x, y)
    return None if key is None else Area.objects.get(pk=key).name


def test_a_point_belongs_to_the_deepest_area(outlined):
    assert at(112.15, 22.2) == "红岭村1号微网格"
    assert at(112.22, 22.2) == "红岭村2号微网格"
    assert at(112.28, 22.2) == "红岭村网格", "in the gap the grid itself"
    assert at(112.5, 22.5) == "沙塘镇"
    assert at(112.95, 22.95) == "开平市"
    assert at(111.0, 22.0) is None
    assert at(112.2, 22.2) == "红岭村1号微网格", "on a common edge the first in code order"


def test_the_index_follows_new_boundaries_and_retired_areas(outlined):
    assert at(112.22, 22.2) == "红岭村2号微网格"
    same = locating.current()
    assert locating.current() is same, "built once"
    keep(outlined, collection((outlined.sibling_village.code, box(112.4, 22.4))))
    assert at(112.45, 22.45) == "锦星村委会"
    plan = drafted(outlined.system_admin, "merge", outlined.second_microgrid, into=outlined.microgrid)
    done = carrying.apply(plan=plan, fingerprint=preview(plan).fingerprint, actor=outlined.system_admin)
    assert at(112.22, 22.2) == "红岭村网格"
    carrying.undo(plan=done, actor=outlined.system_admin)
    assert at(112.22, 22.2) == "红岭村2号微网格"


def test_no_boundary_no_area(ground):
    locating.forget()
    assert locating.current().deepest(112, 22) is None
    assert locating.current().deepest_of([(112, 22)]) == [None]


def brute(polygons, depths, x, y):
    """What shapely itself says, polygon by polygon."""
    point = shapely.Point(x, y)
    hits = [(-depths[n], n) for n, polygon in enumerate(polygons) if polygon.intersects(point)]
    return min(hits)[1] if hits else None


@given(st.integers(0, 10**6))
def test_the_index_agrees_with_brute_force(seed):
    rng = random.Random(seed)
    polygons, depths = [], []
    for _ in range(rng.randint(1, 30)):
        x, y = rng.uniform(0, 8), rng.uniform(0, 8)
        corners = [(x + rng.uniform(-2, 2), y + rng.uniform(-2, 2)) for _ in range(rng.randint(3, 9))]
        polygons.append(shapely.MultiPoint(corners).convex_hull.buffer(0.01))
        depths.append(rng.randint(0, 4))
    index = locating.Index((1, 1), list(range(len(polygons))), depths, polygons, shapely.STRtree(polygons))
    corners = [polygons[0].exterior.coords[0], polygons[-1].exterior.coords[0]]
    points = [(rng.uniform(-1, 9), rng.uniform(-1, 9)) for _ in range(60)] + corners
    expected = [brute(polygons, depths, x, y) for x, y in points]
    assert [index.deepest(x, y) for x, y in points] == expected
    assert index.deepest_of(points) == expected


def test_what_does_not_fit_is_found(outlined):
    kinds = {(f.kind, f.area.code) for f in surveying.survey(outlined.grid)}
    assert kinds == {("gap", outlined.grid.code)}
    keep(outlined, collection((outlined.second_microgrid.code, box(112.15, 22.1, 0.2, 0.2))))
    found = {f.kind: f for f in surveying.survey(outlined.grid)}
    assert found.keys() == {"overlap", "outside"}
    assert found["overlap"].size == pytest.approx(0.05 * 0.2 * shapes.METRES_A_DEGREE**2 * 0.926, rel=0.01), (
        "five hundredths of a degree by two tenths, at 22° north"
    )
    assert "重叠" in found["overlap"].text
    Boundary.objects.filter(area=outlined.second_microgrid).delete()
    assert [f.kind for f in surveying.survey(outlined.grid)] == ["missing"]


def test_slivers_of_drawing_are_no_findings(outlined):
    keep(
        outlined,
        collection(
            (outlined.microgrid.code, box(112.1, 22.1, 0.1000005, 0.2)),
            (outlined.second_microgrid.code, box(112.2, 22.1, 0.1, 0.2)),
        ),
    )
    assert surveying.survey(outlined.grid) == []


def test_a_file_goes_out_and_comes_back_the_same_in_either_datum(outlined):
    stored = dict(Boundary.objects.values_list("area", "geometry"))
    for datum in Datum:
        content = "".join(boundaries.exported(outlined.county, datum)).encode()
        assert json.loads(content)["datum"] == datum
        keep(outlined, content, datum)
        for key, geometry in Boundary.objects.values_list("area", "geometry"):
            assert shapes.read(geometry).equals_exact(shapes.read(stored[key]), 2e-6), datum


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff", "不是 UTF-8"),
        (b"{}", "不是 GeoJSON"),
        (b"[" * 100_000, "不是 UTF-8"),
        (b'{"type":"FeatureCollection","features":[]}', "没有要素"),
        (b'{"type":"FeatureCollection","features":[1]}', "没有 code"),
        (b'{"type":"FeatureCollection","features":[{"properties":{"code":"1"}}]}', "没有这个代码"),
        (collection(("440783103229", {"type": "LineString", "coordinates": [[0, 0], [1, 1]]})), "不是面"),
        (collection(("440783103229", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]})), "坐标写法不对"),
        (collection(("440783103229", {"type": "Polygon", "coordinates": "x"})), "坐标写法不对"),
        (
            collection(("440783103229", {"type": "Polygon", "coordinates": [[[0, 0], [2, 1], [0, 1], [1, 0]]]})),
            "自相交",
        ),
        (collection(("440783103229", box(179.99, 22))), "超出经纬度"),
        (collection(("440783103229", {"type": "Polygon", "coordinates": [[[0, 0]] * 3000]})), "顶点超过"),
        (collection(("440783103229", box(112, 22)), ("440783103229", box(112, 22))), "代码重复"),
        (collection(("4407831032290029999", {"type": "Point", "coordinates": [112, 22]})), "没有这个户编码"),
    ],
)
def test_bad_files_are_named_feature_by_feature_and_change_nothing(ground, content, says):
    with pytest.raises(BadBoundaries) as caught:
        boundaries.read(content, Datum.WGS84, ground.county)
    assert says in "\n".join(caught.value.problems)
    assert not Boundary.objects.exists()


def test_a_file_cannot_reach_beyond_the_area_it_is_for(ground):
    with pytest.raises(BadBoundaries, match="没有这个代码"):
        boundaries.read(collection((ground.other_village.code, box(112, 22))), Datum.WGS84, ground.township)


def pointed(ground):
    """Household n of the central microgrid stands at 112.1 + n/1000."""
    rows = list(Household.objects.filter(area=ground.microgrid).order_by("code"))
    points = [(row.code, {"type": "Point", "coordinates": [112.1 + n / 1000, 22.2]}) for n, row in enumerate(rows)]
    keep(ground, collection(*points))
    return rows


def test_households_are_chosen_by_a_drawn_outline_and_the_part_keeps_it(outlined):
    user, rows = outlined.system_admin, pointed(outlined)
    assert HouseholdPoint.objects.count() == len(rows)
    plan = drafted(user, "split", outlined.microgrid)
    east, west = (drafting.add_part(plan=plan, name=name, actor=user) for name in ("东片", "西片"))
    corners = [[112.1095, 22.1], [112.2, 22.1], [112.2, 22.3], [112.1095, 22.3]]
    drafting.choose(plan=plan, target=east, how=How.OUTLINE, value={"outline": corners}, actor=user)
    drafting.choose(plan=plan, target=west, how=How.REST, value={}, actor=user)
    shown = preview(plan)
    assert [p.after for p in shown.parts] == [len(rows) - 10, 10]
    carrying.apply(plan=plan, fingerprint=shown.fingerprint, actor=user)
    assert at(112.15, 22.2) == "东片"
    assert Boundary.objects.filter(area__name="西片").count() == 0


def test_a_map_shows_the_parts_and_leads_down(outlined, login):
    client = login(outlined.secretary)
    page = client.get(reverse("places:map", args=[outlined.grid.code])).content.decode()
    assert f'href="{reverse("places:map", args=[outlined.microgrid.code])}"' in page
    assert "示意边界" in page
    assert "<path" in page
    assert "style=" not in page
    assert "<image" not in page
    leaf = client.get(reverse("places:map", args=[outlined.microgrid.code])).content.decode()
    assert f'href="{reverse("areas:detail", args=[outlined.microgrid.code])}"' in leaf
    bare = login(outlined.sibling_secretary).get(reverse("places:map", args=[outlined.sibling_village.code]))
    assert "还没有边界" in bare.content.decode()


def test_tiles_lie_beneath_when_a_server_is_set(outlined, settings):
    settings.MAP_TILE_URL, settings.MAP_TILE_DATUM = "https://tiles.example/{z}/{x}/{y}.png", "gcj02"
    drawn = mapping.map_of(outlined.village)
    assert 1 <= len(drawn.tiles) <= projecting.MOST_TILES
    first = drawn.tiles[0]
    assert first.url.startswith("https://tiles.example/")
    assert min(t.x for t in drawn.tiles) <= 0
    assert max(t.x + t.size for t in drawn.tiles) >= drawn.width
    assert max(t.y + t.size for t in drawn.tiles) >= drawn.height
    moved = shape_to(shapely.Point(112.1, 22.1), "gcj02")
    assert (moved.x, moved.y) == pytest.approx(to_gcj02(112.1, 22.1))


def test_a_click_on_the_picture_is_the_place_it_shows(outlined):
    frame = projecting.framed([shapes.read(box(112.1, 22.1))])
    x, y = frame.at(112.15, 22.13)
    back = projecting.place_of(frame.left + x / frame.scale, frame.top + y / frame.scale)
    assert back == pytest.approx((112.15, 22.13), abs=1e-9)


def test_places_are_looked_up_by_point_and_by_address_in_sight_only(outlined, login):
    def look(user, **query):
        return login(user).get(reverse("places:locate"), query).content.decode()

    assert "红岭村1号微网格" in look(outlined.secretary, q="112.15,22.2", datum="wgs84")
    x, y = to_gcj02(112.15, 22.2)
    assert "红岭村1号微网格" in look(outlined.secretary, q=f"{x:.6f}, {y:.6f}", datum="gcj02")
    assert "不在您管辖" in look(outlined.sibling_secretary, q="112.15,22.2", datum="wgs84")
    assert "长庆里1组1号" in look(outlined.secretary, q="长庆里1组", datum="wgs84")
    assert "长庆里1组1号" not in look(outlined.sibling_secretary, q="长庆里1组", datum="wgs84")
    assert "长庆里1组1号" not in look(outlined.system_admin, q="长庆里1组", datum="wgs84"), "sees no households"
    assert "没有找到" in look(outlined.secretary, q="%", datum="wgs84")


def test_a_file_is_checked_before_it_is_taken(ground, login):
    client, url = login(ground.system_admin), reverse("places:boundaries", args=[ground.county.code])

    def send(content, **more):
        data = {
            "file": SimpleUploadedFile("b.geojson", content),
            "datum": "wgs84",
            "source": "勘界",
            "idempotency_key": "0199a000-0000-7000-8000-000000000009",
        }
        return client.post(url, data | more)

    good = collection((ground.grid.code, box(112, 22)), (ground.microgrid.code, box(112.05, 22)))
    checked = send(good, only_check="on")
    assert "文件可用：2 个边界" in checked.content.decode()
    assert "超出上级" in checked.content.decode()
    assert not Boundary.objects.exists()
    bad = send(b"x", only_check="on")
    assert bad.status_code == 422
    assert "什么也没有改" in bad.content.decode()
    assert send(good).status_code == send(good).status_code == 302
    assert Boundary.objects.count() == 2
    assert AuditEntry.objects.filter(verb="boundaries.imported").count() == 1
    out = login(ground.secretary).get(reverse("places:export", args=[ground.village.code]))
    assert len(json.loads(b"".join(out.streaming_content))["features"]) == 2
