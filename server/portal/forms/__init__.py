"""Forms of the pages: described once as fields, read from a POST into what an action takes, shown again with what was refused."""

from server.portal.forms.fields import Field, Kind
from server.portal.forms.reading import Filled, read
from server.portal.forms.showing import BoundField, Form, show

__all__ = ["BoundField", "Field", "Filled", "Form", "Kind", "read", "show"]
