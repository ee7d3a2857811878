"""Logging in, and what is told of the person who did."""

from typing import Any

from rest_framework import serializers

from server.coordination.bodies import Body, Text
from server.inspections.policy import MAKERS, VISITORS
from server.problems.policy import may_report
from server.units.models import Person, Unit
from server.units.predicates import Capacities
from server.units.queries import led_sectors
from server.units.roles import Role


class Health(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok"])
    database = serializers.ChoiceField(choices=["spatialite", "postgis"])


class LoginBody(Body):
    username = Text(64, allow_blank=False)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class LoginAnswer(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires = serializers.DateTimeField()


class RoleLine(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Role.values)
    unit = serializers.CharField(allow_null=True)
    areas = serializers.ListField(child=serializers.CharField())
    sectors = serializers.ListField(child=serializers.CharField())
    stands_in = serializers.BooleanField()


class UnitLine(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Unit.Kind.values)


class MeAnswer(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()
    roles = RoleLine(many=True)
    units = UnitLine(many=True)
    may = serializers.ListField(child=serializers.CharField())


def me(person: Person, held: Capacities) -> dict[str, Any]:
    return {
        "username": person.username,
        "name": person.name,
        "roles": [
            {
                "role": capacity.role.value,
                "unit": capacity.unit,
                "areas": list(capacity.areas),
                "sectors": list(capacity.sectors),
                "stands_in": capacity.stands_in_for is not None,
            }
            for capacity in held.held
        ],
        "units": [unit_line(unit) for unit in Unit.objects.filter(pk__in=held.units())],
        "may": may(held),
    }


def unit_line(unit: Unit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name, "kind": unit.kind}


def may(held: Capacities) -> list[str]:
    """What the person may do beside single problems, for a client that shows only what is possible."""
    units = held.units()
    possible = {
        "report": may_report(held),
        "visit": held.has(*VISITORS) or bool(units),
        "make_inspection": held.has(*MAKERS),
        "self_check": held.has(*MAKERS) or bool(units),
        "campaign": held.has(*MAKERS) or bool(units and led_sectors(units, held.on)),
        "release": held.has(Role.OFFICE, Role.LEADING_GROUP),
        "read_record": held.has(Role.OFFICE, Role.AUDITOR),
    }
    return [name for name, is_so in possible.items() if is_so]
