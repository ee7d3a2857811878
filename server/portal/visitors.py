"""Who looks at a page, in what capacities and at what instant: asked once a request and passed on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from server.files.refusals import BytesDamaged
from server.inspections.policy import set_aside_visible_to
from server.problems.models import Problem
from server.problems.policy import visible_to
from server.runtime.refusals import Conflict, NotAllowed, NotThere
from server.units.models import Person
from server.units.predicates import Capacities, capacities, office_day
from server.units.roles import ADMINISTRATORS, Role

Rest = ParamSpec("Rest")


@dataclass(frozen=True)
class Visitor:
    """The person at the page, what they hold on this day, and the instant of the request."""

    person: Person
    held: Capacities
    at: datetime

    @cached_property
    def seen(self) -> QuerySet[Problem]:
        """The problems this person may see; asked once for the bar, the bell and the page."""
        return visible_to(self.person, self.at, self.held)

    @cached_property
    def set_aside_waiting(self) -> int:
        """How much of what was set aside waits for the office; 0 for everybody else. For the bar and the page alike."""
        return set_aside_visible_to(self.held).filter(looked_at__isnull=True).count() if self.is_office else 0

    @property
    def on(self) -> date:
        return office_day(self.at)

    @property
    def is_office(self) -> bool:
        return self.held.has(Role.OFFICE)

    @property
    def administers(self) -> bool:
        """One of the three administrators: they see no problems."""
        return self.held.has(*ADMINISTRATORS)


def visitor_of(request: HttpRequest) -> Visitor | None:
    """The visitor of a request, made once; None before login."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return None
    known: Visitor | None = getattr(request, "visitor", None)
    if known is None or known.person.pk != request.user.pk:
        at = timezone.now()
        person = request.user
        known = Visitor(person, capacities(person, at), at)
        request.visitor = known  # type: ignore[attr-defined]  # kept for the templates of the same request
    return known


View = Callable[Concatenate[HttpRequest, Visitor, Rest], HttpResponseBase]


def page(view: View[Rest]) -> Callable[..., HttpResponseBase]:
    """A page for people who are signed in; refusals become pages: 404 unseen, 403 not allowed, 409 done otherwise, 410 lost."""

    @wraps(view)
    @never_cache
    @login_required
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        visitor = visitor_of(request)
        assert visitor is not None  # noqa: S101  # login_required
        try:
            return view(request, visitor, *args, **kwargs)
        except NotThere:
            return not_there(request)
        except NotAllowed as refused:
            return _refused(request, 403, _("You may not do this"), _(refused.text))
        except Conflict as refused:
            return _refused(request, 409, _("This was already done"), _(refused.text) % refused.params)
        except BytesDamaged:
            return _refused(
                request,
                410,
                _("The file is lost or damaged"),
                _("Its bytes are no longer on the server. Tell the administrators: a backup may still hold them."),
            )

    return wrapped


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same words whether a thing is hidden or does not exist. Also the program's 404 handler."""
    return _refused(
        request, 404, _("There is nothing here"), _("The address is wrong, or what stood here is not for you to see.")
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The program's 403 handler."""
    return _refused(request, 403, _("You may not do this"), "")


def broken(request: HttpRequest) -> HttpResponse:
    """The program's 500 handler."""
    return _refused(
        request,
        500,
        _("Something went wrong on our side"),
        _("Nothing was changed. Try again, or tell the office with Suggestions."),
    )


def _refused(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "portal/refused.html", {"heading": title, "text": text, "status": status}, status=status)
