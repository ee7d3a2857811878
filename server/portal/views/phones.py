"""Phones: one's own, another's for who may look at them, and everybody's with the worst on top."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from server.evidence import devices
from server.evidence.models import Device
from server.evidence.phones import Phone, phones_of, standings
from server.evidence.policy import may_look_at_phones, may_revoke_phones, photos_visible_to
from server.portal import phones_in_words
from server.portal.forms.showing import in_words
from server.portal.phones_in_words import Finding
from server.portal.views.ledger import page_address
from server.portal.visitors import Visitor, page
from server.records.models import Entry
from server.runtime.refusals import FieldError, Invalid, NotAllowed, NotThere
from server.units.models import Person

PAGE_SIZE = 100


@dataclass(frozen=True)
class Card:
    """One phone on a page: its findings in words, and who revoked it where that was not its owner."""

    phone: Phone
    findings: list[Finding]
    unsent: str
    clock: str
    clock_wrong: bool
    revoked_by: str
    ground: str


@page
def own_phones(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The phones of whoever asks."""
    return _show(request, visitor, visitor.person)


@page
def persons_phones(request: HttpRequest, visitor: Visitor, username: str) -> HttpResponse:
    """Another person's phones, for the office and the security_admin; nobody else learns who has one."""
    if username == visitor.person.username:
        return redirect("phones")
    person = Person.objects.filter(username=username).first() if may_look_at_phones(visitor.held) else None
    if person is None:
        raise NotThere
    return _show(request, visitor, person)


def _show(
    request: HttpRequest, visitor: Visitor, person: Person, errors: list[FieldError] | None = None, on: UUID | None = None
) -> HttpResponse:
    cards = _cards(phones_of(person), visitor)
    own = person.pk == visitor.person.pk
    context = {
        "person": person,
        "own": own,
        "cards": cards,
        "may_revoke": own or may_revoke_phones(visitor.held),
        "error": in_words(errors[0]) if errors else "",
        "error_on": on,
        "may_look": may_look_at_phones(visitor.held),
    }
    return render(request, "portal/phones.html", context, status=422 if errors else 200)


def _cards(phones: list[Phone], visitor: Visitor) -> list[Card]:
    named = {photo for phone in phones for photo in _photos_named(phone)}
    seen = set(
        photos_visible_to(visitor.person, visitor.at, visitor.held).filter(pk__in=named).values_list("pk", flat=True)
        if named
        else ()
    )
    revoked = [str(phone.device.pk) for phone in phones if phone.device.revoked_at]
    entries = Entry.objects.filter(object_type="device", object_id__in=revoked, action="revoke_device") if revoked else []
    by_device = {entry.object_id: entry for entry in entries}
    return [_card(phone, seen, by_device.get(str(phone.device.pk)), visitor) for phone in phones]


def _photos_named(phone: Phone) -> Iterable[UUID]:
    yield from (doubt.photo for doubt in phone.doubts if doubt.photo)
    for photos in phone.fork_photos.values():
        yield from photos


def _card(phone: Phone, seen: set[UUID], entry: Entry | None, visitor: Visitor) -> Card:
    by_another = entry is not None and entry.by_id != str(phone.device.person_id)
    told = (entry.after_values or {}) if entry else {}
    clock, wrong = phones_in_words.clock(phone.device)
    return Card(
        phone,
        phones_in_words.findings(phone, seen),
        phones_in_words.unsent(phone.device, visitor.at),
        clock,
        wrong,
        entry.by_name if entry and by_another else "",
        str(told.get("ground") or ""),
    )


@require_POST
@page
def revoke(request: HttpRequest, visitor: Visitor, device_id: UUID) -> HttpResponse:
    """Revoke one's own phone, or as security_admin another's that is lost."""
    device = Device.objects.select_related("person").filter(pk=device_id).first()
    if device is None:
        raise NotThere
    if device.person_id == visitor.person.pk:
        devices.revoke(device.pk, by=visitor.person, at=visitor.at)
        messages.success(request, _("The phone is revoked: what it signs from now on proves nothing."))
        return redirect("phones")
    try:
        devices.revoke_lost(device.pk, request.POST.get("ground", ""), by=visitor.person, at=visitor.at)
    except Invalid as refused:
        return _show(request, visitor, device.person, refused.errors, device.pk)
    messages.success(request, _("The phone is revoked: what it signs from now on proves nothing."))
    return redirect("person_phones", device.person.username)


@page
def list_people(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Everybody who has a phone, who has most trouble first."""
    if not may_look_at_phones(visitor.held):
        raise NotAllowed
    everybody = standings(visitor.at)
    sheet = Paginator(everybody, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "portal/people_phones.html",
        {
            "rows": [
                (one, phones_in_words.waited(visitor.at - one.unsent_since) if one.unsent_since else "")
                for one in sheet.object_list
            ],
            "sheet": sheet,
            "is_office": visitor.is_office,
            "total": len(everybody),
            "troubled": sum(not one.in_order for one in everybody),
            "before": page_address(request, sheet.number - 1),
            "after": page_address(request, sheet.number + 1),
        },
    )
