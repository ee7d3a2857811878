"""How an id is spelled in what comes from outside: hyphened, and in no other of the ways that a UUID may be written."""

import re
from uuid import UUID

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def as_uuid(given: object) -> UUID | None:
    """A UUID in its hyphened form, else None: braces, ``urn:uuid:`` and 32 bare digits are none, whatever is no text neither."""
    return UUID(given) if isinstance(given, str) and _UUID.fullmatch(given) else None
