"""Bodies of inspections and what each person is told of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rest_framework import serializers

from mobile_api.clock import spelled
from mobile_api.serializers.fields import Uuid, uuids
from server.coordination.bodies import Body, Optional, Text
from server.coordination.verbs import validated
from server.inspections.actions import InspectionDraft
from server.inspections.models import Found, Inspection, Stop
from server.inspections.policy import visits_visible_to
from server.problems.policy import visible_to
from server.units.models import Person
from server.units.predicates import Capacities


class InspectionBody(Body):
    kind = serializers.ChoiceField(choices=Inspection.Kind.values)
    announced = serializers.BooleanField()
    date = serializers.DateField()
    led_by = Text(64, required=False, allow_null=True, default=None)
    units = serializers.ListField(child=Text(40), max_length=100, required=False, default=list)
    people = serializers.ListField(child=Text(64), max_length=100, required=False, default=list)
    problems = serializers.ListField(child=Uuid(), max_length=500, required=False, default=list)
    note = Optional()


class ReleaseBody(Body):
    problems = uuids(500, required=False, allow_null=True, default=None)


def inspection_draft(content: dict[str, Any]) -> InspectionDraft:
    """The body as the draft that the action takes. Raises Invalid naming every wrong field."""
    return InspectionDraft(**validated(InspectionBody, content))


def described(inspections: Sequence[Inspection], person: Person, at: datetime, held: Capacities) -> list[dict[str, Any]]:
    """Inspections this person may know of, with those of their problems, reports and visits that the person sees.

    Three queries beside the inspections' own (with `led_by`, `units` and `people` there), however many they are.
    """
    ids = [inspection.pk for inspection in inspections]
    seen = visible_to(person, at, held).values("pk")
    stops = _by_inspection(Stop.objects.filter(inspection__in=ids, problem__in=seen).values_list("inspection", "problem"))
    found = _by_inspection(Found.objects.filter(inspection__in=ids, problem__in=seen).values_list("inspection", "problem"))
    visits = visits_visible_to(person, at, held).filter(inspection__in=ids)
    visited = _by_inspection(visits.values_list("inspection", "pk"))
    visited_problems = _by_inspection(visits.values_list("inspection", "problem"))
    return [
        {
            "id": str(inspection.pk),
            "kind": inspection.kind,
            "announced": inspection.announced,
            "released_at": spelled(inspection.released_at),
            "led_by": inspection.led_by.username if inspection.led_by else None,
            "units": [unit.code for unit in inspection.units.all()],
            "date": inspection.date.isoformat(),
            "people": [one.username for one in inspection.people.all()],
            "problems": stops[inspection.pk],
            "visits": visited[inspection.pk],
            "reports": found[inspection.pk],
            "visited": list(dict.fromkeys(visited_problems[inspection.pk])),
            "note": inspection.note,
        }
        for inspection in inspections
    ]


def _by_inspection(pairs: Any) -> defaultdict[Any, list[str]]:
    gathered: defaultdict[Any, list[str]] = defaultdict(list)
    for inspection, other in pairs:
        gathered[inspection].append(str(other))
    return gathered
