"""The night's work: each room is asked what it has due. Running it twice for one night changes nothing more."""

from datetime import date, datetime, time

from server.evidence.due import due as evidence_due
from server.inspections.due import due as inspections_due
from server.records.anchor import note_head
from server.records.verify import verify_chain
from server.units.predicates import OFFICE_ZONE

ROOMS = (evidence_due, inspections_due)


class RecordBroken(Exception):
    """The record does not hold: nothing is anchored over it, and somebody must look."""


def run_night(day: date) -> dict[str, int]:
    """Do what is due in the night that begins ``day``: fixed at 00:30 of the office's zone, so that a second run finds it done.

    The record is verified and its head noted outside the database; raises RecordBroken where it does not hold, after the
    rooms have done their work.
    """
    at = datetime.combine(day, time(0, 30), tzinfo=OFFICE_ZONE)
    done: dict[str, int] = {}
    for room in ROOMS:
        done.update(room(at))
    verdict = verify_chain()
    if verdict.broken is not None:
        raise RecordBroken(str(verdict.broken))
    note_head(verdict.head, at)
    return {**done, "record_entries": verdict.entries}
