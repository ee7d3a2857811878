"""How far a photo can be relied on: A, B or C (contract.md, ``GET /photos/{uuid}``).

A: taken in the app, signed, its position fresh and precise and inside the district, the phone's clock right and none of its
numbers missing; B: in the app, weaker; C: chosen from files. A grade says that place, time and bytes hold together; that the
scene was real it does not say.
"""

from dataclasses import dataclass
from typing import Literal

from server.evidence.models import Photo, SignatureState

Grade = Literal["A", "B", "C"]
OLDEST_POSITION_S = 30.0
WORST_ACCURACY_M = 30.0
CLOCK_APART_S = 120.0


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """What a grade is judged by. Ages and offsets in seconds; None: not known, which is never good enough for A.

    ``position_age_s``: how much older or newer than the shot its position is, as signed; ``numbers_whole``: the phone's
    statements are all here up to this photo's.
    """

    in_app: bool
    whole: bool = True
    signed: bool = False
    position_age_s: float | None = None
    accuracy_m: float | None = None
    inside_district: bool | None = None
    clock_offset_s: float | None = None
    numbers_whole: bool = False


def grade(facts: GradeFacts) -> Grade:
    """The grade of a photo by plain facts."""
    if not facts.in_app:
        return "C"
    return "B" if lacking(facts) else "A"


def lacking(facts: GradeFacts) -> tuple[str, ...]:
    """What a photo lacks for an A, as stable codes, the gravest first; nothing for an A."""
    wanted = (
        ("in_app", facts.in_app),
        ("whole", facts.whole),
        ("signed", facts.signed),
        ("numbers_whole", facts.numbers_whole),
        ("inside_district", facts.inside_district is True),
        ("position_fresh", _within(facts.position_age_s, OLDEST_POSITION_S)),
        ("position_precise", _within(facts.accuracy_m, WORST_ACCURACY_M)),
        ("clock_right", _within(facts.clock_offset_s, CLOCK_APART_S)),
    )
    return tuple(code for code, there in wanted if not there)


def _within(value: float | None, most: float) -> bool:
    return value is not None and abs(value) <= most


def facts_of(photo: Photo) -> GradeFacts:
    """The facts of a photo; its phone is read with it where a list is (``photos_of`` does)."""
    device = photo.device
    counted = device is not None and photo.statement_n is not None and photo.statement_n <= device.whole_until
    return GradeFacts(
        in_app=photo.source == "camera",
        whole=not photo.damaged,
        signed=photo.signature_state == SignatureState.VALID,
        position_age_s=photo.stated_position_age_s,
        accuracy_m=photo.stated_accuracy_m,
        inside_district=photo.in_district,
        clock_offset_s=photo.clock_offset_s,
        numbers_whole=counted,
    )
