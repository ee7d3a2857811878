"""Views of the API, one module a subject."""
