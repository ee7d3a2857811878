"""Where a person can go from the bar on top: only what is there and has something for them."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from server.evidence.policy import may_look_at_phones
from server.portal.visitors import Visitor, visitor_of
from server.regulation.statuses import Status
from server.supervision.models import SupervisionRecord
from server.units.roles import Role

IN_ACCEPTANCE = (Status.APPLIED, Status.ACCEPTING, Status.PASSED, Status.PRE_ACCEPTED, Status.SUBMITTED_UPWARD)


@dataclass(frozen=True)
class Item:
    """One word of the bar."""

    name: str
    address: str
    here: bool
    count: int = 0


def items(request: HttpRequest) -> list[Item]:
    """The bar of one person, made once a request."""
    known: list[Item] | None = getattr(request, "navigation", None)
    if known is None:
        visitor = visitor_of(request)
        known = _items(visitor, request.path) if visitor else []
        request.navigation = known  # type: ignore[attr-defined]  # kept: the bar stands twice, for wide and narrow screens
    return known


def _items(visitor: Visitor, path: str) -> list[Item]:
    found = []
    for name, route, prefix, shown in _wanted(visitor):
        if not shown:
            continue
        count = visitor.set_aside_waiting if route == "people_phones" else 0
        try:
            address = reverse(route)
        except NoReverseMatch:
            continue
        here = path == address if prefix is None else path.startswith(prefix)
        found.append(Item(name, address, here, count))
    return found


def _wanted(visitor: Visitor) -> list[tuple[str, str, str | None, bool]]:
    sees = not visitor.administers
    seen = visitor.seen if sees else None
    supervised = seen is not None and SupervisionRecord.objects.filter(problem__in=seen.values("pk")).exists()
    accepting = seen is not None and seen.filter(status__in=IN_ACCEPTANCE).exists()
    reads_record = visitor.held.has(Role.AUDITOR)
    manages = visitor.held.has(Role.OFFICE, Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
    return [
        (_("District map"), "map", "/map/", sees),
        (_("Workbench"), "workbench", None, True),
        (_("Ledger"), "ledger", "/problems/", sees),
        (_("Inspections"), "inspections", "/inspections/", sees),
        (_("Supervision"), "supervisions", "/supervision/", supervised),
        (_("Acceptance"), "acceptances", "/acceptance/", accepting),
        (_("Phones"), "people_phones", "/phones/", may_look_at_phones(visitor.held)),
        (_("Record"), "record", "/record/", reads_record),
        (_("Units and people"), "units", "/units/", manages),
    ]
