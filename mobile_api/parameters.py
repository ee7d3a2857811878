"""The parameters of addresses, for the API's description."""

from drf_spectacular.utils import OpenApiParameter

from mobile_api import clock
from mobile_api.filters import FIXED
from mobile_api.paging import DEFAULT, MOST

LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT}, description="How many at the most"
)
PAGING = [LIMIT, OpenApiParameter("cursor", str, description="The `next` of an earlier answer")]
PHONE_TIME = OpenApiParameter(
    clock.PHONE_TIME,
    {"type": "string", "format": "date-time"},
    OpenApiParameter.HEADER,
    description="The phone's own wall clock at the moment of sending, uncorrected. Compared with the server's, never refused",
)
_WORDS = {
    "sector": "Codes of sectors",
    "area": "Codes of areas",
    "unit": "Codes of main units",
    "supervising_unit": "Codes of supervising units",
}
_MOMENT = "A time with its offset, or a day of the office"
FILTERS = [
    *(
        OpenApiParameter(name, str, enum=sorted(allowed), many=True, explode=False, description="Several with commas")
        for name, allowed in FIXED.items()
    ),
    *(
        OpenApiParameter(name, str, many=True, explode=False, description=f"{words}, several with commas")
        for name, words in _WORDS.items()
    ),
    OpenApiParameter("mine", bool, description="Reported by me, in every status"),
    OpenApiParameter("overdue", bool),
    OpenApiParameter("led_by", str, description="User name of who leads an inspection that has or found the problem"),
    OpenApiParameter("deadline_before", {"type": "string", "format": "date"}),
    OpenApiParameter("deadline_after", {"type": "string", "format": "date"}),
    OpenApiParameter("found_before", str, description=_MOMENT),
    OpenApiParameter("found_after", str, description=_MOMENT),
    OpenApiParameter("updated_since", str, description=_MOMENT),
    OpenApiParameter("bbox", str, description="`west,south,east,north` in WGS 84; west > east crosses the antimeridian"),
    OpenApiParameter("q", {"type": "string", "maxLength": 200}, description="Words in number, title, description or area"),
]
