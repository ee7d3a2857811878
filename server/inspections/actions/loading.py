"""Taking in a phone's "save to file" archive, item by item, as if the phone had sent each (contract.md, ``load_phone``)."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from server.evidence import devices
from server.evidence.actions import take_in
from server.evidence.images.refusals import ImageRefused
from server.files.actions import store
from server.files.originals import LIMIT
from server.files.refusals import FileRefused
from server.inspections import reading
from server.inspections.actions.reporting import submit_report
from server.inspections.actions.submitting import Received
from server.inspections.actions.visiting import submit_visit
from server.inspections.archives import LARGEST_BODY, Item, PhoneArchive, Unreadable, opened, read_json
from server.inspections.models import SetAside
from server.inspections.queries import embargo_over, title_of
from server.records.actions import append
from server.records.actor import Actor
from server.records.canonical import NotCanonical, canonical_json
from server.runtime.refusals import FieldError, Invalid, NotAllowed, Refusal
from server.units.models import Person
from server.units.predicates import actor, capacities
from server.units.roles import Role

NEW, KNOWN, ASIDE, LEFT = "new", "known", "set_aside", "left"
# Reports before the visits and photos that name them, so that less comes in before what it belongs to.
ORDER = {"report": 0, "visit": 1, "photo": 2, "discarded": 3}
REFUSED_PHOTOS = {
    "empty": gettext_noop("The photo holds no bytes."),
    "too_large": gettext_noop("The photo is larger than 60 MB."),
    "too_many_pixels": gettext_noop("The picture has too many pixels."),
}
NO_PHOTO = gettext_noop("This is no photo.")
MEMBERS = {
    "title": gettext_noop("Title"),
    "description": gettext_noop("What was seen"),
    "notes": gettext_noop("What was seen"),
    "category": gettext_noop("Category"),
    "further_categories": gettext_noop("Further categories"),
    "observed_at": gettext_noop("Time seen"),
    "captured_at": gettext_noop("Time taken"),
    "location": gettext_noop("Place"),
    "area": gettext_noop("Area"),
    "no_location_reason": gettext_noop("Why there is no point"),
    "crs": gettext_noop("Coordinate system"),
    "accuracy_m": gettext_noop("Accuracy"),
    "moved_m": gettext_noop("Pin moved"),
    "sites": gettext_noop("Further sites"),
    "photos": gettext_noop("Photos"),
    "no_photo_reason": gettext_noop("Why there is no photo"),
    "sector": gettext_noop("Sector"),
    "discovery": gettext_noop("How it was found"),
    "inspection": gettext_noop("Inspection"),
    "problem": gettext_noop("Problem"),
    "verdict": gettext_noop("Verdict"),
    "people": gettext_noop("Who else was there"),
    "measures": gettext_noop("Measures"),
    "stage": gettext_noop("Stage of the photo"),
    "source": gettext_noop("Where the photo comes from"),
    "statement": gettext_noop("Statement"),
    "signature": gettext_noop("Signature"),
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one item: ``new``, ``known`` (it was here already), ``set_aside`` for the office with its reason, or
    ``left`` in the archive because nothing of it could be kept. ``reason`` is in the language in force. ``first_time``: what is
    set aside was not here already.
    """

    kind: str
    uuid: str
    person: str
    outcome: str
    reason: str = ""
    first_time: bool = True


class _Refused(Exception):
    """An item cannot be taken in, for this reason."""


def load_archive(source: IO[bytes], *, by: Person | None, at: datetime) -> list[Loaded]:
    """Take in everything of an archive that can be; the same again changes nothing. ``by`` None is the command line.

    Each item counts as sent by the person it names, whose rights decide; its entry in the record says who brought it. What is
    refused is set aside for the office with its bytes and the reason. Raises NotAllowed unless the office loads it, Invalid for
    what is no phone's archive.
    """
    if by is None:
        who = Actor.system()
    else:
        held = capacities(by, at)
        if not held.has(Role.OFFICE):
            raise NotAllowed
        who = actor(by, held)
    with opened(source) as archive:
        people = {p.username: p for p in Person.objects.filter(username__in={item.person for item in archive.items})}
        items = sorted(archive.items, key=lambda item: ORDER.get(item.kind, len(ORDER)))
        loaded = [_load(archive, item, people.get(item.person), who, at) for item in items]
    _record(source, loaded, who, at)
    return loaded


def _load(archive: PhoneArchive, item: Item, person: Person | None, who: Actor, at: datetime) -> Loaded:
    told = partial(Loaded, item.kind, item.uuid, item.person)
    item_id = reading.as_uuid(item.uuid)
    load = LOADERS.get(item.kind)
    if item_id is None or load is None:
        return told(LEFT, gettext("This item is of no kind that is known here."))
    if person is None:
        return told(LEFT, gettext("There is no such person here."))
    data = b""
    try:
        if item.file:
            data = archive.read(item.file, LIMIT if item.kind == "photo" else LARGEST_BODY)
        return told(NEW if load(item_id, item, data, person, who, at) else KNOWN)
    except Unreadable as unreadable:
        reason = gettext(str(unreadable))
    except _Refused as refused:
        reason = str(refused)
    except ImageRefused as refused:
        reason = gettext(REFUSED_PHOTOS.get(refused.code, NO_PHOTO))
    except Invalid as wrong:
        reason = gettext("; ").join(_in_words(error) for error in wrong.errors)
    except Refusal as refusal:
        reason = gettext(refusal.text) % refusal.params
    first_time = _keep_aside(item_id, item, data, reason, person, who, at)
    return told(ASIDE, reason, first_time)


def _in_words(error: FieldError) -> str:
    """What is wrong, at which member of the submission, for a person who has never seen its JSON."""
    name = error.field.split(".")[0]
    return gettext("%(member)s: %(why)s") % {
        "member": gettext(MEMBERS[name]) if name in MEMBERS else error.field,
        "why": gettext(error.text) % error.params,
    }


def _received(item: Item, data: bytes, who: Actor) -> tuple[Received, dict[str, Any]]:
    raw = data or json.dumps(item.body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        text, content = raw.decode("utf-8"), read_json(raw)
        if not isinstance(content, dict):
            raise ValueError
        spelled = canonical_json(content)
    except (NotCanonical, ValueError):
        raise _Refused(gettext("Its content cannot be read.")) from None
    if item.sha256 and hashlib.sha256(raw).hexdigest() != item.sha256 and data:
        raise _Refused(gettext("Its content is not what the phone saved: the digest differs."))
    digests = hashlib.sha256(raw).hexdigest(), hashlib.sha256(spelled.encode()).hexdigest()
    return Received(text, *digests, brought_by=who), content


def _load_report(item_id: UUID, item: Item, data: bytes, person: Person, who: Actor, at: datetime) -> bool:
    received, content = _received(item, data, who)
    return submit_report(item_id, reading.report_draft(item_id, content), received, by=person, at=at).created


def _load_visit(item_id: UUID, item: Item, data: bytes, person: Person, who: Actor, at: datetime) -> bool:
    received, content = _received(item, data, who)
    return submit_visit(item_id, reading.visit_draft(content), received, by=person, at=at).created


def _load_photo(item_id: UUID, item: Item, data: bytes, person: Person, who: Actor, at: datetime) -> bool:
    if not item.file:
        raise _Refused(gettext("The archive holds no bytes of this photo; the phone had lost them."))
    digest = str(item.body.get("sha256") or item.sha256).lower()
    return take_in(item_id, data, reading.photo_declared(item.body, digest), by=person, at=at)[1]


def _load_discarded(_item_id: UUID, item: Item, _data: bytes, person: Person, who: Actor, at: datetime) -> bool:
    device = reading.as_uuid(str(item.body.get("device") or ""))
    statement, signature = (str(item.body.get(name) or "") for name in ("statement", "signature"))
    if device is None or "\0" in statement + signature or len(signature) > 120:
        raise _Refused(gettext("Its content cannot be read."))
    return devices.discard(device, statement, signature, by=person, at=at)[1]


LOADERS: dict[str, Callable[[UUID, Item, bytes, Person, Actor, datetime], bool]] = {
    "report": _load_report,
    "visit": _load_visit,
    "photo": _load_photo,
    "discarded": _load_discarded,
}


def _keep_aside(item_id: UUID, item: Item, data: bytes, reason: str, person: Person, who: Actor, at: datetime) -> bool:
    """Keep the item as it is for the office; without the daily limit, since the office itself brought it. Whether it is new."""
    said = json.dumps(item.body, ensure_ascii=True)
    file = None
    if item.kind == "photo" and data:
        name = str(item.body.get("filename") or item.file)
        kind = "application/octet-stream"
        try:
            file = store(data, uploader_id=person.pk, media_type=kind, name=name, at=at).pk
        except FileRefused:
            file = None
    elif data:
        said = data.decode("utf-8", "replace").replace("\0", "")
    digest = hashlib.sha256(data or said.encode()).hexdigest()
    with transaction.atomic():
        row, made = SetAside.objects.get_or_create(
            submission=item_id,
            person=person,
            body_sha256=digest,
            defaults={
                "kind": item.kind,
                "title": title_of(said),
                "body": said,
                "reason": reason,
                "file": file,
                "received_at": at,
            },
        )
        if not made and not row.reason:  # the conflict itself has set it aside a moment ago
            SetAside.objects.filter(pk=row.pk).update(reason=reason)
        if made:
            append(
                at=at,
                by=who,
                action="set_aside",
                article="",
                object_type=item.kind,
                object_id=item_id,
                after={"body_sha256": digest, "reason": reason, "sent_by": person.username},
                embargo=embargo_over(item_id, said),
            )
    return made


@transaction.atomic
def _record(source: IO[bytes], loaded: list[Loaded], who: Actor, at: datetime) -> None:
    counts = Counter(item.outcome for item in loaded)
    if not counts[NEW] and not any(item.outcome == ASIDE and item.first_time for item in loaded):  # the same again
        return
    source.seek(0)
    digest = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable of bytes will do
    append(
        at=at,
        by=who,
        action="load_phone",
        article="",
        object_type="archive",
        object_id=digest,
        after={"people": sorted({item.person for item in loaded}), **{name: counts[name] for name in (NEW, KNOWN, ASIDE, LEFT)}},
    )
