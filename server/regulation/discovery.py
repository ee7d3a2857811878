"""The ways in which a problem of the district's own check was found (Article 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from server.regulation.messages import gettext_noop as _


@dataclass(frozen=True)
class Discovery:
    """One way of Article 6. `paragraph`: its number there."""

    code: str
    name: str
    name_zh: str
    paragraph: int


OVERSIGHT_LEADER = "oversight_leader"

DISCOVERIES: tuple[Discovery, ...] = (
    Discovery("quarterly_film", _("Quarterly warning film"), "区级季度警示片", 1),
    Discovery("quarterly_unit_report", _("Quarterly self-check of a unit"), "各单位季度自查上报", 2),
    Discovery(OVERSIGHT_LEADER, _("Oversight by leaders of the people's congress and the CPPCC"), "区人大、政协领导领衔督办", 3),
    Discovery("special_supervisor", _("Find of a special supervisor"), "专项监督长排查", 4),
    Discovery("petition", _("Petition"), "信访投诉", 5),
    Discovery("other", _("Other way"), "其他途径", 6),
)

BY_CODE: Mapping[str, Discovery] = MappingProxyType({way.code: way for way in DISCOVERIES})

_OF_INSPECTIONS: Mapping[str, str] = MappingProxyType(
    {"oversight": OVERSIGHT_LEADER, "spot_check": "other", "special_inspection": "other"}
)


def of_inspection(kind: str) -> str | None:
    """The way of a find made on an inspection of this kind: under Article 12 the oversight leader's, which the sector's lead
    unit stamps; under Articles 10 and 11 "other" (Article 6). None: the kind says nothing of it.
    """
    return _OF_INSPECTIONS.get(kind)
