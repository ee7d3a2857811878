"""The categories of problems (glossary: 类别)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from server.regulation.messages import gettext_noop as _


@dataclass(frozen=True)
class Category:
    """What a problem is about; a problem has one, and may have further ones."""

    code: str
    name: str
    name_zh: str


CATEGORIES: tuple[Category, ...] = (
    Category("water", _("Water"), "水"),
    Category("air", _("Air"), "大气"),
    Category("soil", _("Soil"), "土壤"),
    Category("solid_waste", _("Solid waste"), "固废"),
    Category("noise", _("Noise"), "噪声"),
    Category("ecology", _("Ecology"), "生态"),
    Category("other", _("Other"), "其他"),
)

BY_CODE: Mapping[str, Category] = MappingProxyType({category.code: category for category in CATEGORIES})
