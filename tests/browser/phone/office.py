"""What the mock office says to the person on the phone: notices, submissions of other phones, flaws of a phone's numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

KNOWN = "00000000-0000-4000-8000-000000000001"
KNOWN_TOO = "00000000-0000-4000-8000-000000000002"


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def notice(
    number: int, zh: str, en: str, *, subject: str = KNOWN, code: str = "supervision", read: bool = False
) -> dict[str, Any]:
    at = ago(hours=30 - number)
    kind = "inspection" if code == "inspection" else "problem"
    read_at = at if read else None
    return {"id": number, "code": code, "zh": zh, "en": en, "kind": kind, "subject": subject, "at": at, "read_at": read_at}


NOTICES = (
    notice(1, "现场督办，11-28 前回复：石桥镇河岸垃圾堆放", "Supervision until 11-28: Stone Bridge waste", read=True),
    notice(2, "上报被退回：城北街道工地扬尘", "Your report was returned: dust", subject=KNOWN[:-1] + "9", code="returned_to_you"),
    notice(3, "现场督办，11-29 前回复：柳湾镇岸线垃圾", "Supervision until 11-29: Willow Bay waste", subject=KNOWN_TOO),
)

FLAWS: dict[str, Any] = {
    "gaps": [[12, 14]],
    "forks": [9],
    "doubts": [{"n": 7, "photo": None, "state": "invalid", "detail": "No. 7"}],
    "clock_offset_s": 5400,
    "clock_seen_at": ago(hours=2),
}


def submission(number: int, **change: Any) -> dict[str, Any]:
    problem = {"id": KNOWN_TOO, "number": "2026-095", "title": "柳湾镇岸线垃圾", "status": "rectifying", "light": "yellow"}
    return {
        "uuid": f"70000000-0000-4000-8000-{number:012}",
        "kind": "report",
        "received_at": ago(days=number),
        "title": "柳湾镇岸线垃圾",
        "verdict": None,
        "problem": problem,
        "missing": [],
        "hints": [],
        **change,
    }


ELSEWHERE = (
    submission(
        1,
        kind="visit",
        verdict="behind",
        missing=["80000000-0000-4000-8000-000000000001", "80000000-0000-4000-8000-000000000002"],
        hints=[{"code": "late"}],
    ),
    submission(9, title="城北街道工地扬尘", problem=None),
)
