"""What the templates of the pages ask for: lights, words for codes, days, who is here and where they can go."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from server.coordination.queries import unread_count
from server.evidence.checks import Check
from server.portal import icons, words
from server.portal.forms.showing import in_words
from server.portal.navigation import Item, items
from server.portal.visitors import visitor_of
from server.problems.models import STATUS_LABELS, Problem
from server.problems.queries import days_left
from server.regulation.lights import LightReason
from server.regulation.statuses import Status
from server.runtime.refusals import FieldError
from server.units.models import Unit
from server.units.predicates import OFFICE_ZONE, office_day

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the line drawings."""
    return mark_safe(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{icons.PATHS[name]}"/></svg>')  # noqa: S308  # our own constants


@register.simple_tag
def light(name: str | None) -> SafeString:
    """A light as shape and colour, with its name for those who hear the page."""
    if not name or name not in icons.LIGHT_SHAPES:
        return mark_safe("")
    shape = mark_safe(icons.LIGHT_SHAPES[name])  # noqa: S308  # our own constants
    return format_html(
        '<svg class="light light-{}" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>',
        name,
        words.word(words.LIGHT_NAMES, name),
        shape,
    )


@register.simple_tag(takes_context=True)
def who_am_i(context: RequestContext) -> str:
    """ "石桥镇人民政府・联络员": the unit and the role in which the person is here, or the name without one."""
    visitor = visitor_of(context["request"])
    if visitor is None:
        return ""
    first = next(iter(visitor.held.held), None)
    if first is None:
        return str(visitor.person)
    role = str(first.role.label)
    unit = Unit.objects.filter(pk=first.unit).values_list("short_name", flat=True).first() if first.unit else None
    return f"{unit}・{role}" if unit else role


@register.filter
def roles_in_words(_user: object, request: HttpRequest) -> list[str]:
    """Every capacity of the visitor in words."""
    visitor = visitor_of(request)
    if visitor is None:
        return []
    names = dict(Unit.objects.filter(pk__in=visitor.held.units()).values_list("code", "name"))
    return [
        " ".join(
            part
            for part in (
                names.get(c.unit or "", ""),
                str(c.role.label),
                _("(standing in)") if c.stands_in_for else "",
            )
            if part
        )
        for c in visitor.held.held
    ]


@register.filter
def navigation(request: HttpRequest) -> list[Item]:
    return items(request)


@register.simple_tag(takes_context=True)
def unread_notices(context: RequestContext) -> int:
    """How many notices the visitor has not read, on every page."""
    visitor = visitor_of(context["request"])
    if visitor is None or visitor.administers:
        return 0
    return unread_count(visitor.person, visitor.at, visitor.held, visitor.seen)


@register.simple_tag
def demonstration_label() -> SafeString:
    """The label that every page of the demonstration district carries."""
    if not settings.DEMONSTRATION:
        return mark_safe("")
    return format_html('<span class="demonstration">{}</span>', _("Demonstration data"))


@register.filter
def status_name(status: str) -> str:
    return str(STATUS_LABELS[Status(status)])


@register.filter
def pace_name(code: str) -> str:
    return words.word(words.PACE_NAMES, code)


@register.filter
def light_name(code: str) -> str:
    return words.word(words.LIGHT_NAMES, code)


@register.filter
def light_meaning(code: str) -> str:
    return words.word(words.LIGHT_MEANINGS, code)


@register.filter
def source_name(code: str) -> str:
    return words.source_name(code)


@register.filter
def level_name(code: str) -> str:
    return words.level_name(code)


@register.filter
def category_name(code: str) -> str:
    return words.category_name(code)


@register.filter
def discovery_name(code: str) -> str:
    return words.discovery_name(code)


@register.filter
def plan_kind_name(code: str) -> str:
    return words.word(words.PLAN_KIND_NAMES, code)


@register.filter
def accepted_by_name(code: str) -> str:
    return words.word(words.ACCEPTED_BY_NAMES, code)


@register.filter
def result_name(code: str) -> str:
    return words.word(words.RESULT_NAMES, code)


@register.filter
def stage_name(code: str) -> str:
    return words.word(words.STAGE_NAMES, code)


@register.filter
def action_name(code: str) -> str:
    return words.word(words.ACTION_NAMES, code)


@register.filter
def entry_name(code: str) -> str:
    return words.word(words.ENTRY_NAMES, code)


@register.filter
def object_name(code: str) -> str:
    return words.word(words.OBJECT_NAMES, code)


@register.filter
def grade_meaning(grade: str) -> str:
    return words.word(words.GRADE_MEANINGS, grade)


@register.filter
def article(articles: str) -> str:
    return words.articles_in_words(articles)


@register.filter
def days(count: int | None) -> str:
    return "" if count is None else words.days_in_words(count)


@register.filter
def day(when: date | datetime | None) -> str:
    """A day, without the year when it is this one's."""
    if not when:
        return ""
    today = office_day(timezone.now())
    return words.day_in_words(office_day(when) if isinstance(when, datetime) else when, today)


@register.filter
def full_day(when: date | datetime | None) -> str:
    if not when:
        return ""
    return (office_day(when) if isinstance(when, datetime) else when).isoformat()


@register.filter
def moment(when: datetime | None) -> str:
    """Day and time in the office's zone."""
    if not when:
        return ""
    local = when.astimezone(OFFICE_ZONE)
    return f"{day(when)} {local:%H:%M}"


@register.filter
def time_left(problem: Problem) -> int | None:
    """Days to the problem's deadline while the main unit's clock runs."""
    return days_left(problem, office_day(timezone.now()))


@register.filter
def lookup(mapping: Mapping[Any, Any] | None, key: object) -> object:
    """What a mapping holds under a key that only the page knows."""
    return mapping.get(key) if mapping else None


@register.filter
def flag_name(code: str) -> str:
    return words.word(words.FLAG_NAMES, code)


@register.filter
def action_or_entry(code: str) -> str:
    """What a document was named by: the verb's entry in the record."""
    return words.word(words.ENTRY_NAMES, code)


@register.filter
def reason(why: LightReason) -> str:
    return words.reason_in_words(why, office_day(timezone.now()))


@register.filter
def refusal_in_words(error: FieldError) -> str:
    return in_words(error)


@register.filter
def check_in_words(check: Check) -> str:
    """What was noticed about a photo, with its figures."""
    figures = "・".join(str(value) for value in check.figures.values())
    return f"{_(check.detail)} {figures}".strip()


@register.filter
def doubt_in_words(doubt: Mapping[str, Any]) -> str:
    """A doubt about an application, as it was kept with it."""
    text = _(str(doubt.get("text", "")))
    try:
        return text % {name: _(value) if value else value for name, value in dict(doubt.get("params") or {}).items()}
    except (KeyError, TypeError, ValueError):
        return text


@register.filter
def abs_value(number: int) -> int:
    return abs(number)


@register.filter
def weekday(when: date) -> str:
    """One character for the day of the week."""
    return [_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su")][when.weekday()]


@register.filter
def as_day(value: object) -> str:
    """A day for an input: as given, or from a date."""
    return value.isoformat() if isinstance(value, date) else str(value or "")


@register.filter
def as_moment(value: object) -> str:
    return value.astimezone(OFFICE_ZONE).strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else str(value or "")


@register.filter
def as_lines(value: object) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value or "")


@register.filter
def safe_json(text: str) -> SafeString:
    """JSON that is JSON already, made safe to stand in a page: no `<` ends the element it stands in."""
    return mark_safe(text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026"))  # noqa: S308  # escaped here


@register.simple_tag
def map_link(problem: Problem) -> SafeString:
    """The way to the district map, where there is one and the problem stands on it."""
    if problem.lon is None or not problem.number:
        return mark_safe("")
    try:
        address = reverse("map")
    except NoReverseMatch:
        return mark_safe("")
    return format_html('<a href="{}?problem={}">{}</a>', address, problem.pk, _("See on the district map"))
