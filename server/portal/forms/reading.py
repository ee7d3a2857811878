"""Reading a POST: plain values for the action, and what to show again if it refuses. Files are stored as they are read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeAlias
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_noop

from server.evidence.actions import Declared, take_in
from server.evidence.images.refusals import ImageRefused
from server.evidence.models import Photo
from server.files.actions import store
from server.files.kinds import document_kind
from server.files.models import StoredFile
from server.files.originals import LIMIT
from server.files.refusals import FileRefused
from server.inspections.reading import MOST_PHOTOS
from server.portal.forms.fields import Field, Kind
from server.runtime.refusals import FieldError
from server.units.models import Person
from server.units.predicates import OFFICE_ZONE

MOST_ROWS = 200
Uploads: TypeAlias = "MultiValueDict[str, UploadedFile[Any]]"
PHOTO_REFUSALS = {
    "empty": gettext_noop("The file is empty."),
    "too_large": gettext_noop("The picture is larger than 60 MB."),
    "too_many_pixels": gettext_noop("The picture has too many pixels."),
    "not_an_image": gettext_noop("This is no picture: JPEG, PNG, WebP or HEIC is needed."),
}


@dataclass
class Filled:
    """A form as sent: ``content`` for the action, ``shown`` to be filled in again, ``errors`` found while reading."""

    content: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)


@dataclass(frozen=True)
class Sender:
    """Who sends a form, and when: whose uploads its files become."""

    person: Person
    at: datetime


def read(fields: Sequence[Field], data: QueryDict, files: Uploads, sender: Sender) -> Filled:
    """Read every field of a form. Nothing is judged here but what cannot be read at all; the action judges the rest."""
    filled = Filled()
    for one in fields:
        value, shown = _value(one, one.name, data, files, sender, filled.errors)
        filled.content[one.name] = value
        filled.shown[one.name] = shown
    return filled


def _value(
    one: Field,
    path: str,
    data: QueryDict,
    files: Uploads,
    sender: Sender,
    errors: list[FieldError],
) -> tuple[Any, Any]:
    """What a field became, and what it shows when the form comes back."""
    match one.kind:
        case Kind.ROWS:
            return _rows(one, path, data, files, sender, errors)
        case Kind.FILE:
            return _file(path, data, files, sender, errors)
        case Kind.FILES:
            return _files(path, data, files, sender, errors)
        case Kind.PHOTOS:
            return _photos(path, data, files, sender, errors)
        case Kind.MANY | Kind.THUMBS | Kind.ORDERED:
            chosen = [code for code in data.getlist(path) if code][:MOST_ROWS]
            return chosen, chosen
        case Kind.CHECK:
            on = path in data
            return on, on
        case Kind.CHECKLIST:
            answers = {code: data[f"{path}.{code}"] == "yes" for code, _words in one.choices if data.get(f"{path}.{code}")}
            return answers, answers
        case Kind.POINT:
            return _point(path, data)
        case Kind.LINES:
            given = _text(one, path, data, errors)
            return [line.strip() for line in given.splitlines() if line.strip()][:MOST_ROWS], given
        case Kind.MOMENT:
            return _moment(path, data, errors)
    if one.kind is Kind.PASSWORD:
        return (data.get(path) or None), ""
    given = _text(one, path, data, errors)
    given = given if one.kind is Kind.LONG else given.strip()
    if one.kind is Kind.RESULT and not given:
        return None, ""
    return (given or one.blank), given


def _text(one: Field, path: str, data: QueryDict, errors: list[FieldError]) -> str:
    """Words as typed. What a database or a document would choke on, and more than the field holds, is refused here."""
    given = data.get(path, "").replace("\r\n", "\n")  # a browser sends line ends as CR LF
    if any((ord(c) < 32 and c not in "\n\r\t") or 0xD800 <= ord(c) <= 0xDFFF for c in given):
        errors.append(FieldError(path, "unreadable", "There are characters in it that cannot be kept."))
        return "".join(c for c in given if c.isprintable() or c == "\n")
    if len(given) > one.most and one.kind is not Kind.NUMBER:
        errors.append(FieldError(path, "too_long", "At most %(most)s characters.", {"most": one.most}))
    return given


def _rows(
    one: Field,
    path: str,
    data: QueryDict,
    files: Uploads,
    sender: Sender,
    errors: list[FieldError],
) -> tuple[list[Any], list[Any]]:
    """The rows that are not empty, numbered anew, so that a refusal's number is the row's place."""
    keys = [key.removeprefix(f"{path}.").split(".")[0] for key in [*data, *files] if key.startswith(f"{path}.")]
    numbers = sorted({int(number) for number in keys if number.isdecimal() and len(number) < 6})
    content: list[Any] = []
    shown: list[Any] = []
    for number in numbers[:MOST_ROWS]:
        found: list[FieldError] = []
        values, back = {}, {}
        for inner in one.fields:
            values[inner.name], back[inner.name] = _value(inner, f"{path}.{number}.{inner.name}", data, files, sender, found)
        said = [values[inner.name] for inner in one.fields if inner.kind is not Kind.HIDDEN]
        if any(value not in (None, "", [], False) for value in said) or found:
            place = f"{path}.{len(content)}."
            errors += [FieldError(place + e.field.split(".")[-1], e.code, e.text, e.params) for e in found]
            content.append(values)
            shown.append(back)
    return content, shown


def _file(path: str, data: QueryDict, files: Uploads, sender: Sender, errors: list[FieldError]) -> tuple[str | None, str]:
    """A document sent now, or the one that an earlier, refused sending of this form has stored."""
    sent = files.get(path)
    if sent is None:
        kept = _own(data.getlist(f"{path}.kept")[:1], path, sender, errors)
        return (kept[0], kept[0]) if kept else (None, "")
    stored = _stored(sent, path, sender, errors)
    return stored, stored or ""


def _files(path: str, data: QueryDict, files: Uploads, sender: Sender, errors: list[FieldError]) -> tuple[list[str], list[str]]:
    kept = _own(data.getlist(f"{path}.kept"), path, sender, errors)
    kept += [stored for sent in files.getlist(path)[:MOST_PHOTOS] if (stored := _stored(sent, path, sender, errors))]
    return kept, kept


def _own(named: list[str], path: str, sender: Sender, errors: list[FieldError]) -> list[str]:
    """Of the files named, those that this person uploaded; any other is refused as if there were none."""
    wanted = [code for code in named if code][:MOST_ROWS]
    files = StoredFile.objects.filter(pk__in=[code for code in wanted if is_uuid(code)], uploader_id=str(sender.person.pk))
    own = {str(pk) for pk in files.values_list("pk", flat=True)}
    if any(code not in own for code in wanted):
        errors.append(FieldError(path, "unknown", "There is no such file."))
    return [code for code in wanted if code in own]


def _stored(sent: UploadedFile[Any], path: str, sender: Sender, errors: list[FieldError]) -> str | None:
    try:
        kind = document_kind(sent)
        kept = store(sent, uploader_id=sender.person.pk, media_type=kind.media_type, name=sent.name or "", at=sender.at)
    except FileRefused as refused:
        params = {"limit_mb": LIMIT // 1024 // 1024, **refused.params}
        errors.append(FieldError(path, refused.code, refused.text, params))
        return None
    return str(kept.pk)


def _photos(path: str, data: QueryDict, files: Uploads, sender: Sender, errors: list[FieldError]) -> tuple[list[str], list[str]]:
    """Photos sent now are taken in at once; those of a refused sending are named again."""
    known = [code for code in data.getlist(f"{path}.kept") if is_uuid(code)]
    own = Photo.objects.filter(pk__in=known, uploader=sender.person).values_list("pk", flat=True)
    kept = [str(photo) for photo in own]
    for sent in files.getlist(path)[:MOST_PHOTOS]:
        content = sent.read()
        stage = data.get(f"{path}.stage", "before")
        declared = Declared(
            sha256=sha256(content).hexdigest(),
            stage=stage if stage in ("before", "during", "after") else "before",
            source="library",
            filename=sent.name or "",
        )
        photo_id = uuid4()
        try:
            take_in(photo_id, content, declared, by=sender.person, at=sender.at)
        except ImageRefused as refused:
            errors.append(
                FieldError(
                    path,
                    refused.code,
                    gettext_noop("%(name)s: %(why)s"),
                    {"name": sent.name, "why": PHOTO_REFUSALS.get(refused.code, refused.code)},
                )
            )
        except FileRefused as refused:
            errors.append(FieldError(path, refused.code, refused.text, refused.params))
        else:
            kept.append(str(photo_id))
    return kept, kept


def _point(path: str, data: QueryDict) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """A point as GeoJSON; words that are no number are handed on, for the door to refuse them with its own reason."""
    given = {axis: data.get(f"{path}.{axis}", "").strip() for axis in ("x", "y")}
    if not any(given.values()):
        return None, given
    return {"type": "Point", "coordinates": [_number(given["x"]), _number(given["y"])]}, given


def _number(given: str) -> float | str:
    try:
        return float(given)
    except ValueError:
        return given


def _moment(path: str, data: QueryDict, errors: list[FieldError]) -> tuple[datetime | None, str]:
    given = data.get(path, "").strip()
    if not given:
        return None, given
    try:
        return datetime.fromisoformat(given).replace(tzinfo=OFFICE_ZONE), given
    except ValueError:
        errors.append(FieldError(path, "unreadable", "This is no day and time."))
        return None, given


def is_uuid(text: object) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True
