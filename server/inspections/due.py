"""What inspections have due at night: the office is reminded of unannounced ones that wait for release (Article 10)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from server.inspections.models import Inspection
from server.notices.actions import tell
from server.rulebook.queries import rules_in_force, work_calendar
from server.units.predicates import office_day, people_with
from server.units.roles import Role


@transaction.atomic
def due(at: datetime) -> dict[str, int]:
    """Remind the office of each unreleased inspection from the fifth working day after its last visit on."""
    on = office_day(at)
    calendar, days = work_calendar(), rules_in_force(on).whole("release_reminder_days")
    waiting = Inspection.objects.filter(announced=False, released_at__isnull=True)
    count = 0
    for inspection in waiting.annotate(last=Max("visits__observed_at"), found_at=Max("found__problem__observed_at")):
        moments = [moment for moment in (inspection.last, inspection.found_at) if moment is not None]
        if moments and calendar.between(office_day(max(moments)), on) >= days:
            tell(people_with(Role.OFFICE, at), "inspection_to_release", subject=inspection.pk, at=at, date=inspection.date)
            count += 1
    return {"inspections_to_release": count}
