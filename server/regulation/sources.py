"""The closed tree of sources "1+1+N" (Article 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from server.regulation.messages import gettext_noop as _


class Level(StrEnum):
    """Who found it. The order is that of rank, the highest first."""

    CENTRAL = "central"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    DISTRICT = "district"


LEVEL_NAMES: Mapping[Level, tuple[str, str]] = MappingProxyType(
    {
        Level.CENTRAL: (_("central and national"), "中央和国家层面"),
        Level.PROVINCIAL: (_("provincial"), "省级层面"),
        Level.MUNICIPAL: (_("municipal"), "市级层面"),
        Level.DISTRICT: (_("district"), "区级自查"),
    }
)
"""Level → its name in English (a msgid) and in Chinese."""

SELF_CHECK = "district_self_check"


@dataclass(frozen=True)
class Source:
    """A leaf of the tree."""

    code: str
    level: Level
    name: str
    name_zh: str
    article: str = "5"


SOURCES: tuple[Source, ...] = (
    Source("central_inspection_tour", Level.CENTRAL, _("Findings of a central inspection tour"), "中央巡视反馈"),
    Source("yangtze_film_national", Level.CENTRAL, _("National Yangtze warning film"), "国家长江经济带生态环境警示片"),
    Source("central_inspection", Level.CENTRAL, _("Findings of the central ecological inspection"), "中央生态环境保护督察反馈"),
    Source("central_petition", Level.CENTRAL, _("Petition to the central ecological inspection"), "中央督察群众信访件"),
    Source(
        "npc_enforcement",
        Level.CENTRAL,
        _("Law enforcement inspection of the National People's Congress"),
        "全国人大常委会执法检查",
    ),
    Source("green_shield", Level.CENTRAL, _("Green Shield campaign"), "“绿盾”行动焦点问题"),
    Source(
        "mee_supervision",
        Level.CENTRAL,
        _("Listed supervision, circular or interview of the ecology ministry"),
        "生态环境部挂牌督办、通报约谈",
    ),
    Source("yangtze_film_provincial", Level.PROVINCIAL, _("Provincial Yangtze warning film"), "省长江经济带生态环境警示片"),
    Source(
        "provincial_inspection", Level.PROVINCIAL, _("Findings of the provincial ecological inspection"), "省生态环境保护督察反馈"
    ),
    Source("provincial_petition", Level.PROVINCIAL, _("Petition to the provincial ecological inspection"), "省督察群众信访件"),
    Source("provincial_supervision", Level.PROVINCIAL, _("Listed supervision of the province"), "省挂牌督办"),
    Source("municipal_film", Level.MUNICIPAL, _("Municipal warning film"), "市级生态环境警示片"),
    Source("municipal_circular", Level.MUNICIPAL, _("Municipal circular"), "市级通报"),
    Source(SELF_CHECK, Level.DISTRICT, _("The district's own check"), "区级自查"),
)
"""The leaves the regulation names; an office may add leaves with an article note, never delete one in use."""

BY_CODE: Mapping[str, Source] = MappingProxyType({source.code: source for source in SOURCES})


def rank(level: Level) -> int:
    """0 for the highest level. The highest rules where a problem has several sources."""
    return list(Level).index(level)


def highest(levels: list[Level]) -> Level:
    """The level that rules among those of a problem's sources. Raises ValueError for none."""
    return min(levels, key=rank)
