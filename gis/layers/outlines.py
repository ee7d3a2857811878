"""Areas as GeoJSON for the API, the map and phones, from memory: the text of each edition is made once in a process."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gis.layers.editions import AreaAt, EditionAt, editions_at, kept, texts_of

__all__ = ["Outline", "areas_geojson", "feature_collection", "outlines", "outlines_of"]


@dataclass(frozen=True, slots=True)
class Outline:
    """An area and its geometry as GeoJSON text (WGS 84)."""

    area: AreaAt
    geometry: str


def outlines(at: datetime, *, simplified: bool = True, kinds: Iterable[str] | None = None) -> list[Outline]:
    """The areas (and lines of base layers) of the editions that hold at `at`, by layer and code; only `kinds` if given."""
    chosen = set(kinds) if kinds is not None else None
    editions = [edition for edition in editions_at(at) if chosen is None or edition.kind in chosen]
    return [outline for edition in editions for outline in outlines_of(edition, simplified=simplified)]


def areas_geojson(at: datetime, *, simplified: bool = True, kinds: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """The same as GeoJSON features with properties `code, name, layer, kind, edition`. For speed use `feature_collection`."""
    return [
        {"type": "Feature", "id": one.area.area_id, "geometry": json.loads(one.geometry), "properties": properties_of(one.area)}
        for one in outlines(at, simplified=simplified, kinds=kinds)
    ]


def feature_collection(shown: Iterable[Outline], properties: Callable[[AreaAt], Mapping[str, object]] | None = None) -> str:
    """A FeatureCollection as JSON text; `properties` gives those of each area, default `properties_of`.

    The geometry is put in as the text that it already is: only the properties are encoded.
    """
    of = properties or properties_of
    features = ",".join(
        f'{{"type":"Feature","geometry":{one.geometry},"properties":{json.dumps(of(one.area), ensure_ascii=False)}}}'
        for one in shown
    )
    return f'{{"type":"FeatureCollection","features":[{features}]}}'


def properties_of(area: AreaAt) -> dict[str, object]:
    """What an area says of itself."""
    return {"code": area.code, "name": area.name, "layer": area.layer, "kind": area.kind, "edition": area.edition}


def outlines_of(edition: EditionAt, *, simplified: bool = True) -> list[Outline]:
    """The areas and lines of one edition, by code."""
    return [Outline(area, text) for area, text in texts_of(kept(edition), simplified)]
