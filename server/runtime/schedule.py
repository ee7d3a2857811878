"""What runs once a day: which day is due, and who of several schedulers runs it."""

import logging
import traceback
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from server.runtime.models import DailyRun

TRIES = 3
PAUSE = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(hours=2)  # a run whose scheduler died in the middle

logger = logging.getLogger("xungai.schedule")


def day_due(now: datetime, hour: time) -> date:
    """The last day whose run is due at this local time: today from `hour` on, before that yesterday."""
    return now.date() if now.time() >= hour else now.date() - timedelta(days=1)


def claim(command: str, day: date, at: datetime) -> bool:
    """Whether this scheduler may run the command for that day now. Settled in the database against every other scheduler."""
    try:
        with transaction.atomic():
            DailyRun.objects.create(command=command, day=day, started_at=at)
    except IntegrityError:
        stopped_short = Q(error="", started_at__lt=at - GIVEN_UP_AFTER) | (~Q(error="") & Q(started_at__lt=at - PAUSE))
        again = DailyRun.objects.filter(stopped_short, command=command, day=day, finished_at=None, tries__lt=TRIES)
        return again.update(started_at=at, error="", tries=F("tries") + 1) == 1
    return True


def run_daily(command: str, day: date, clock: Callable[[], datetime], run: Callable[[], None]) -> bool:
    """Run a command for a day unless it ran, and write down how it ended. Returns whether it ran well just now."""
    if not claim(command, day, clock()):
        return False
    done = DailyRun.objects.filter(command=command, day=day)
    try:
        run()
    except Exception:
        logger.exception("%s for %s failed", command, day)
        done.update(error=traceback.format_exc())
        return False
    done.update(finished_at=clock())
    return True
