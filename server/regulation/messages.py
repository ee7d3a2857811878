"""Marks the words that people will read. The regulation knows no language: the faces translate."""


def gettext_noop(text: str) -> str:
    """Mark `text` as a msgid for translation and hand it back as it is."""
    return text
