"""What the map is narrowed by: the ledger's own filters under their own names, and one of its own for the deadline.

The same words in the address of the ledger give the same problems, so a figure on the map and the list it opens agree.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from server.portal.filters import DUE_WITHIN
from server.problems.models import Problem
from server.problems.queries import Filters, filtered
from server.regulation.statuses import FINISHED, OPEN, Status
from server.units.models import Person
from server.units.predicates import Capacities, office_day

LISTS = ("status", "level", "source", "sector", "category", "area", "unit", "supervising_unit")
OVERDUE = "overdue"
_CODE = re.compile(r"[\w-]{1,40}\Z")
_ON_MAP = frozenset(Status) - {Status.RETURNED, Status.MERGED, Status.CANCELLED}


@dataclass(frozen=True)
class Narrowing:
    """The filters of one view of the map, read from an address; what means nothing there is left out."""

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    due: str = ""
    q: str = ""

    @classmethod
    def read(cls, asked: QueryDict) -> "Narrowing":
        chosen = []
        for name in LISTS:
            values = [part for value in asked.getlist(name) for part in value.split(",") if _CODE.match(part)]
            if name == "status":
                values = [value for value in values if value in _ON_MAP]
            if values:
                chosen.append((name, tuple(dict.fromkeys(values))))
        due = asked.get("due", "")
        return cls(tuple(chosen), due if due == OVERDUE or due in DUE_WITHIN else "", asked.get("q", "").strip()[:100])

    def values(self, name: str) -> tuple[str, ...]:
        return dict(self.chosen).get(name, ())

    def filters(self, on: date) -> Filters:
        """As the ledger reads them on a day."""
        filters = Filters(q=self.q)
        for name, values in self.chosen:
            setattr(filters, name, values)
        if self.due == OVERDUE:
            filters.overdue = True
        elif self.due:
            filters.deadline_after = on - timedelta(days=1)
            filters.deadline_before = on + timedelta(days=DUE_WITHIN[self.due] + 1)
        return filters

    def query(self) -> str:
        """The same narrowing as a query string of the ledger's list."""
        pairs = {name: ",".join(values) for name, values in self.chosen} | {"due": self.due, "q": self.q}
        return urlencode({name: value for name, value in pairs.items() if value}, safe=",")


def month_of(on: date) -> date:
    """The first day of the month."""
    return on.replace(day=1)


def narrowed(person: Person, at: datetime, narrowing: Narrowing, held: Capacities) -> QuerySet[Problem]:
    """What this person sees of the ledger, narrowed: where rows, figures and visits all start from."""
    return filtered(person, at, narrowing.filters(office_day(at)), held)


def drawn(among: QuerySet[Problem], narrowing: Narrowing, on: date) -> QuerySet[Problem]:
    """The problems on the map: open, or closed this month. A status asked for is shown whole, whenever it was reached."""
    if narrowing.values("status"):
        return among
    return among.filter(Q(status__in=sorted(OPEN)) | closed_between(month_of(on), on))


def closed_between(first: date, last: date) -> Q:
    return Q(status__in=sorted(FINISHED), closed_on__gte=first, closed_on__lte=last)
