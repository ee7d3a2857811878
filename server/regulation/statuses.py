"""The states of a problem, and the sets of them that rules speak of (rules.md, "The life cycle, one table")."""

from enum import StrEnum


class Status(StrEnum):
    """Where a problem stands. The values are what the database, the API and the record hold."""

    REPORTED = "reported"
    RETURNED = "returned"
    MERGED = "merged"
    CANCELLED = "cancelled"
    LISTED = "listed"
    PLANNED = "planned"
    RECTIFYING = "rectifying"
    APPLIED = "applied"
    ACCEPTING = "accepting"
    PASSED = "passed"
    PRE_ACCEPTED = "pre_accepted"
    SUBMITTED_UPWARD = "submitted_upward"
    CLOSED = "closed"
    FILED = "filed"


OPEN: frozenset[Status] = frozenset(
    {
        Status.LISTED,
        Status.PLANNED,
        Status.RECTIFYING,
        Status.APPLIED,
        Status.ACCEPTING,
        Status.PASSED,
        Status.PRE_ACCEPTED,
        Status.SUBMITTED_UPWARD,
    }
)
"""On the ledger and not yet closed."""

FINISHED: frozenset[Status] = frozenset({Status.CLOSED, Status.FILED})
"""Closed by acceptance; filed is closed with its filing number."""

LEDGER: frozenset[Status] = OPEN | FINISHED
"""What lists, maps, tiles, figures and exports mean unless asked otherwise."""

ON_MAIN_UNIT: frozenset[Status] = frozenset({Status.PLANNED, Status.RECTIFYING})
"""The main unit's clock runs: only these can be overdue or enter the main unit's ladder."""

ENDED: frozenset[Status] = frozenset({Status.RETURNED, Status.MERGED, Status.CANCELLED})
"""Left the way without acceptance; only `restore` leads back."""

BEFORE_CLOSED: frozenset[Status] = OPEN | {Status.REPORTED}
"""On the way and not yet closed: facts may still be corrected and sources and sites added."""
