"""UUIDs in addresses, in capitals too; anything else there leads nowhere (404)."""

from uuid import UUID

from django.urls.converters import UUIDConverter


class AnyCaseUuid(UUIDConverter):
    regex = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

    def to_python(self, value: str) -> UUID:
        return UUID(value)
