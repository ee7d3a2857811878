"""Why a file was not taken or is not given. The faces turn each into its own answer (contract.md)."""

from django.utils.translation import gettext_noop

from server.runtime.refusals import Conflict, Refusal


class FileRefused(Refusal):
    """Base of all refusals of a file; `code` is stable."""

    code = "file"


class Empty(FileRefused):
    """No bytes at all (422)."""

    code = "empty"
    text = gettext_noop("The file is empty.")


class TooLarge(FileRefused):
    """More bytes than allowed (413)."""

    code = "too_large"
    text = gettext_noop("The file is larger than %(limit_mb)s MB.")


class TooManyOpen(FileRefused):
    """More is half sent than one may have half sent at once (429): to be tried again when some of it is whole, or has expired."""

    code = "too_many_open"
    text = gettext_noop("Too many photos are half sent. Finish sending those first, then try again.")
    retry_after_s = 300


class DigestMismatch(FileRefused):
    """The bytes are not those whose digest was declared (460)."""

    code = "digest_mismatch"
    text = gettext_noop("The file was damaged on its way; send it again.")


class WrongKind(FileRefused):
    """Not of a kind that is taken, judged by its content (415)."""

    code = "wrong_kind"
    text = gettext_noop("Only PDF, pictures (JPEG, PNG, WebP, HEIC), .docx and .xlsx files are accepted.")


class UnsafeArchive(WrongKind):
    """A .docx or .xlsx whose package is made to do harm (415)."""

    code = "unsafe_archive"
    text = gettext_noop("The document's package is not safe to open.")


class SealedBytes(FileRefused):
    """These bytes were lawfully destroyed: they are neither given nor taken again."""

    code = "sealed"
    text = gettext_noop("This file was destroyed by order; its digest and the ground remain.")


class IdTaken(Conflict):
    """The id already belongs to other bytes or to another person's file (409)."""

    text = gettext_noop("This id was already used for another file.")


class BytesDamaged(RuntimeError):
    """A stored original is missing or no longer what was stored.

    Nobody's request is at fault: `verify_records` names the place.
    """
