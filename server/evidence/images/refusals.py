"""Why a file is not taken as a photo at all.

A photo with a good header and broken data is no refusal: it is kept and marked (`Inspected.damaged`).
"""


class ImageRefused(ValueError):
    """A file that is not taken. `code` is stable and names the reason; the message is for the log."""

    code = "refused"


class EmptyFile(ImageRefused):
    """Zero bytes (HTTP 422)."""

    code = "empty"


class TooLargeFile(ImageRefused):
    """More than 60 MB (HTTP 413)."""

    code = "too_large"


class TooManyPixels(ImageRefused):
    """More pixels than are decoded: JPEG 250 megapixels, others 64 (HTTP 413)."""

    code = "too_many_pixels"


class NotAnImage(ImageRefused):
    """By content neither JPEG, PNG, WebP nor HEIC/HEIF, or without a readable header (HTTP 415)."""

    code = "not_an_image"


class NoRendition(Exception):
    """No thumbnail or preview can be made of these bytes."""
