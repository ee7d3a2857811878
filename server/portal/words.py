"""The words that pages use for codes: statuses, verbs, articles, days. Chinese stands in the catalogue."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from server.regulation import categories, discovery, sources
from server.regulation.lifecycle import Action
from server.regulation.lights import LightReason
from server.regulation.sources import Level

LIGHT_NAMES: Mapping[str, Promise] = {
    "red": _("Red light"),
    "yellow": _("Yellow light"),
    "green": _("Green light"),
    "grey": _("Closed"),
}
LIGHT_MEANINGS: Mapping[str, Promise] = {
    "red": _("Overdue or far behind"),
    "yellow": _("Due soon or behind"),
    "green": _("On track"),
    "grey": _("Closed"),
}
PACE_NAMES: Mapping[str, Promise] = {
    "not_started": _("Not started"),
    "ahead": _("Ahead"),
    "on_track": _("On track"),
    "behind": _("Behind"),
    "far_behind": _("Far behind"),
}
LEVEL_NAMES: Mapping[str, Promise] = {
    "central": _("Central level"),
    "provincial": _("Provincial level"),
    "municipal": _("Municipal level"),
    "district": _("District level"),
}
PLAN_KIND_NAMES: Mapping[str, Promise] = {
    "immediate": _("Rectified at once"),
    "long_term": _("Long-term rectification"),
    "legacy": _("Left from the past"),
    "continuous": _("Kept up for good"),
}
ACCEPTED_BY_NAMES: Mapping[str, Promise] = {
    "district": _("The district"),
    "city": _("The city"),
    "province": _("The province"),
    "sector": _("The superior sector department"),
}
STAGE_NAMES: Mapping[str, Promise] = {
    "before": _("Before rectification"),
    "during": _("During rectification"),
    "after": _("After rectification"),
}
RESULT_NAMES: Mapping[str, Promise] = {"pass": _("Pass"), "fail": _("Fail")}
CASE_CLASS_NAMES: Mapping[str, Promise] = {"typical": _("Typical case"), "general": _("General case")}
FLAG_NAMES: Mapping[str, Promise] = {"on_track": _("On track"), "at_risk": _("At risk"), "behind": _("Behind")}
REOPEN_NAMES: Mapping[str, Promise] = {"rebound": _("Rebound"), "incomplete": _("Rectification was incomplete")}
OUTCOME_NAMES: Mapping[str, Promise] = {
    "": _("In acceptance"),
    "withdrawn": _("Withdrawn"),
    "sent_back": _("Sent back to be completed"),
    "passed": _("Passed"),
    "failed": _("Failed"),
    "restarted": _("Started anew by another lead"),
}
MEASURE_STATE_NAMES: Mapping[str, Promise] = {
    "done": _("Done"),
    "partly": _("Partly done"),
    "not_done": _("Not done"),
    "not_applicable": _("Does not apply"),
}

# What stands on the button that does it.
ACTION_NAMES: Mapping[str, Promise] = {
    Action.REPORT: _("Report a problem"),
    Action.TAKE_OVER: _("Take over from the old ledger"),
    Action.ENDORSE: _("Endorse"),
    Action.LIST: _("Put on the list"),
    Action.RETURN: _("Return the report"),
    Action.MERGE: _("Merge into another"),
    Action.CANCEL: _("Cancel the problem"),
    Action.RESTORE: _("Restore"),
    Action.CORRECT: _("Correct facts"),
    Action.ADD_SOURCE: _("Add a source"),
    Action.ADD_SITE: _("Add a site"),
    Action.ISSUE_PLAN: _("Issue the plan"),
    Action.ADJUST_PLAN: _("Adjust the plan"),
    Action.REASSIGN: _("Name other units"),
    Action.PROGRESS: _("Report progress"),
    Action.APPLY: _("Apply for acceptance"),
    Action.WITHDRAW: _("Withdraw the application"),
    Action.SEND_BACK: _("Send back to be completed"),
    Action.OPINION: _("Give an opinion"),
    Action.SUSPEND: _("Suspend the clock"),
    Action.RESUME: _("Resume the clock"),
    Action.DECIDE: _("Decide on acceptance"),
    Action.CONFIRM: _("Confirm the closure"),
    Action.DECLINE: _("Do not confirm"),
    Action.SUBMIT_UPWARD: _("Submit to the superior"),
    Action.SUPERIOR_RESULT: _("Enter the superior's result"),
    Action.FILE: _("File the closure"),
    Action.REOPEN: _("Reopen"),
}
# What the timeline calls an entry of the record.
ENTRY_NAMES: Mapping[str, Promise] = {
    Action.REPORT: _("Report sent"),
    Action.TAKE_OVER: _("Taken over from the old ledger"),
    Action.LIST: _("Put on the list"),
    Action.ENDORSE: _("Endorsed"),
    Action.RETURN: _("Report returned"),
    Action.MERGE: _("Merged into another"),
    Action.CANCEL: _("Problem cancelled"),
    Action.RESTORE: _("Restored"),
    Action.CORRECT: _("Facts corrected"),
    Action.ADD_SOURCE: _("Source added"),
    Action.ADD_SITE: _("Site added"),
    Action.ISSUE_PLAN: _("Plan issued"),
    Action.ADJUST_PLAN: _("Plan adjusted"),
    Action.REASSIGN: _("Other units named"),
    Action.PROGRESS: _("Progress reported"),
    Action.APPLY: _("Applied for acceptance"),
    Action.WITHDRAW: _("Application withdrawn"),
    Action.SEND_BACK: _("Sent back to be completed"),
    Action.OPINION: _("Opinion given"),
    Action.SUSPEND: _("Clock suspended"),
    Action.RESUME: _("Clock resumed"),
    Action.DECIDE: _("Acceptance decided"),
    Action.CONFIRM: _("Closure confirmed"),
    Action.DECLINE: _("Closure not confirmed"),
    Action.SUBMIT_UPWARD: _("Submitted to the superior"),
    Action.SUPERIOR_RESULT: _("Superior's result entered"),
    Action.FILE: _("Closure filed"),
    Action.REOPEN: _("Reopened"),
    "visit": _("Visited on the spot"),
    "photo": _("Photo received"),
    "supervision": _("Supervised on site"),
    "supervision_reply": _("Supervision replied to"),
    "accept_supervision_reply": _("Reply to supervision accepted"),
    "make_inspection": _("Inspection planned"),
    "release": _("Inspection released"),
    "suggest": _("Suggestion sent"),
    "create_unit": _("Unit added"),
    "create_person": _("Account opened"),
    "grant_role": _("Role given"),
    "end_role": _("Role ended"),
    "set_stand_in": _("Stand-in named"),
    "create_sector": _("Sector added"),
    "set_responsibility": _("Responsibility list changed"),
    "load_layer": _("Layer loaded"),
    "seal_file": _("File destroyed by order"),
    "store_file": _("File stored"),
    "set_aside": _("Submission set aside"),
    "settle_set_aside": _("Set-aside submission settled"),
    "load_phone": _("Phone archive loaded"),
    "enrol_device": _("Phone enrolled"),
    "revoke_device": _("Phone revoked"),
}
# What an entry of the record is about.
OBJECT_NAMES: Mapping[str, Promise] = {
    "problem": _("Problem"),
    "report": _("Report"),
    "visit": _("Visit"),
    "photo": _("Photo"),
    "discarded": _("Shot thrown away"),
    "progress": _("Progress report"),
    "application": _("Application"),
    "opinion": _("Opinion"),
    "decision": _("Decision"),
    "closure": _("Closure"),
    "supervision": _("On-site supervision"),
    "inspection": _("Inspection"),
    "unit": _("Unit"),
    "person": _("Person"),
    "sector": _("Sector"),
    "layer": _("Layer"),
    "file": _("File"),
    "suggestion": _("Suggestion"),
    "device": _("Phone"),
    "archive": _("Phone archive"),
}
# Why a photo is no A, by the codes of its grade; and in one line what each grade means.
GRADE_LACKS: Mapping[str, Promise] = {
    "in_app": _("not taken in the app"),
    "whole": _("the picture is damaged"),
    "signed": _("no valid signature of a phone: time, place and order rest on its word alone"),
    "numbers_whole": _("numbers are missing or doubled on this phone before it"),
    "inside_district": _("position outside the district, or none"),
    "position_fresh": _("position older than 30 seconds at the shutter, or its age unknown"),
    "position_precise": _("position less precise than 30 m, or its precision unknown"),
    "clock_right": _("the phone's clock more than 2 minutes wrong, or never compared"),
}
GRADE_MEANINGS: Mapping[str, Promise] = {
    "A": _("place, time and bytes hold together; that the scene was real it does not prove"),
    "B": _("taken in the app, but not everything is proven"),
    "C": _("chosen from files: nothing but the file itself is known"),
}
# What became of an item of a phone's archive.
OUTCOME_OF_LOADING: Mapping[str, Promise] = {
    "set_aside": _("Set aside"),
    "left": _("Left in the archive"),
    "new": _("Taken in"),
    "known": _("Here already"),
}
# Who acts next, by the life cycle's rule of who.
WHO_NAMES: Mapping[str, Promise] = {
    "office": _("Rectification office"),
    "sector_leader": _("District leader in charge"),
}


def word(names: Mapping[str, Promise], code: str | None) -> str:
    """The word for a code; an unknown code is shown as it is rather than hidden."""
    if not code:
        return ""
    return str(names[code]) if code in names else str(code)


def _in_language(english: str, chinese: str) -> str:
    return chinese if (get_language() or "").startswith("zh") else gettext(english)


def source_name(code: str) -> str:
    source = sources.BY_CODE.get(code)
    return _in_language(source.name, source.name_zh) if source else code


def category_name(code: str) -> str:
    category = categories.BY_CODE.get(code)
    return _in_language(category.name, category.name_zh) if category else code


def discovery_name(code: str) -> str:
    way = discovery.BY_CODE.get(code)
    return _in_language(way.name, way.name_zh) if way else code


def level_name(code: str) -> str:
    return word(LEVEL_NAMES, code) if code in {level.value for level in Level} else code


def reason_in_words(reason: LightReason, on: date) -> str:
    """Why a light is what it is, as one phrase; where a day is the reason, how many days."""
    due = reason.params.get("date")
    if reason.code in ("overdue", "due_soon") and isinstance(due, date):
        return days_in_words((due - on).days)
    return gettext(reason.text) % reason.params


def articles_in_words(articles: str) -> str:
    """ "5, 6" as 第5、6条."""
    numbers = [part.strip() for part in articles.split(",") if part.strip()]
    if not numbers:
        return ""
    return gettext("Article %(numbers)s") % {"numbers": gettext(", ").join(_numeral(number) for number in numbers)}


_DIGITS = "零一二三四五六七八九"


def _numeral(number: str) -> str:
    """17 as 十七 for Chinese readers, as the regulation itself counts."""
    if not number.isdigit() or not (get_language() or "").startswith("zh") or int(number) > 99:
        return number
    tens, ones = divmod(int(number), 10)
    return ("" if tens == 0 else ("十" if tens == 1 else f"{_DIGITS[tens]}十")) + (_DIGITS[ones] if ones or not tens else "")


def days_in_words(days: int) -> str:
    """Days to a deadline: "12 days left", "due today", "overdue by 12 days"."""
    if days == 0:
        return gettext("due today")
    if days > 0:
        return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    return ngettext("overdue by %(days)s day", "overdue by %(days)s days", -days) % {"days": -days}


# What only a valid signature could show: without one, that is the reason, and these say nothing more.
_SHOWN_BY_SIGNATURE = frozenset({"numbers_whole", "position_fresh", "position_precise", "clock_right"})


def grade_in_words(grade: str, lacks: Sequence[str]) -> list[str]:
    """Why a photo has its grade. Of one chosen from files nothing more is asked."""
    if grade == "C":
        return []
    said = [code for code in lacks if "signed" not in lacks or code not in _SHOWN_BY_SIGNATURE]
    return [word(GRADE_LACKS, code) for code in said]


def working_days_in_words(days: int, *, late: bool) -> str:
    """Working days to a deadline, or since it has passed (0: not one has gone by since)."""
    if late and days == 0:
        return gettext("past its day")
    if late:
        return ngettext("%(days)s working day late", "%(days)s working days late", -days) % {"days": -days}
    return ngettext("%(days)s working day left", "%(days)s working days left", days) % {"days": days}


def day_in_words(day: date, on: date) -> str:
    """A day as officials write it in lists: without the year when it is this one's."""
    return f"{day:%m-%d}" if day.year == on.year else day.isoformat()
