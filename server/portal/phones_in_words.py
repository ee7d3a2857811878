"""What is wrong with a phone, in words that its owner and the office understand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from server.evidence.grades import CLOCK_APART_S
from server.evidence.models import Device, SignatureState
from server.evidence.phones import MOST_SHOWN, Phone


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong among a phone's numbers: what, what it means, and the photos it concerns that may be seen."""

    what: str
    meaning: str
    photos: list[UUID]


def findings(phone: Phone, seen: set[UUID]) -> list[Finding]:
    """Everything wrong with a phone's numbers, the gravest first."""
    found = [
        Finding(
            _("No. %(n)s is doubled, or does not follow the one before") % {"n": n},
            _("A key may be in use on two phones, or the phone was set back to an older state."),
            [photo for photo in phone.fork_photos.get(n, ()) if photo in seen],
        )
        for n in phone.forks
    ]
    found += [
        Finding(
            _("No. %(n)s: %(state)s") % {"n": doubt.n, "state": SignatureState(doubt.state).label},
            _("It is kept, and proves nothing."),
            [doubt.photo] if doubt.photo in seen and doubt.photo else [],
        )
        for doubt in phone.doubts
    ]
    found += [
        Finding(
            _("No. %(n)s is missing") % {"n": first}
            if first == last
            else _("No. %(first)s–%(last)s are missing") % {"first": first, "last": last},
            _("They were taken on this phone and have not arrived, or were lost on it."),
            [],
        )
        for first, last in phone.gaps
    ]
    return found[:MOST_SHOWN]


def unsent(device: Device, at: datetime) -> str:
    """How many items wait on the phone and for how long the oldest, as it last said."""
    if device.heard_at is None:
        return _("not told yet")
    if not device.waiting:
        return _("nothing waits")
    said = ngettext("%(n)s item waits", "%(n)s items wait", device.waiting) % {"n": device.waiting}
    if device.oldest is None:
        return said
    return _("%(items)s, the oldest for %(time)s") % {"items": said, "time": waited(at - device.oldest)}


def waited(time: timedelta) -> str:
    """A span as one speaks of it: minutes, hours, days."""
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        hours = minutes // 60
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = minutes // (24 * 60)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def clock(device: Device) -> tuple[str, bool]:
    """How far the phone's own clock is wrong, and whether so far that its times count for less."""
    offset = device.clock_offset_s
    if offset is None:
        return _("not compared yet"), False
    if abs(offset) < 2:
        return _("right"), False
    apart = abs(offset)
    span = (
        ngettext("%(n)s second", "%(n)s seconds", round(apart)) % {"n": round(apart)}
        if apart < 120
        else waited(timedelta(seconds=apart))
    )
    said = _("%(time)s slow") if offset > 0 else _("%(time)s fast")
    return said % {"time": span}, apart > CLOCK_APART_S
