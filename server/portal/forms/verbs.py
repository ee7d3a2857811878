"""The form of every verb of the life cycle, field by field, named as the action's body names them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from server.portal import words
from server.portal.forms import accepting, choices, planning
from server.portal.forms.fields import Choices, Field, Kind
from server.portal.forms.situation import Situation
from server.problems.models import Problem
from server.regulation.lifecycle import ACCEPTED_ABOVE, Action
from server.regulation.requirements import CORRECTABLE

Fields = list[Field]

CORRECTION_NAMES = {
    "title": _("Title"),
    "description": _("Description"),
    "category": _("Category"),
    "further_categories": _("Further categories"),
    "sector": _("Sector"),
    "discovery": _("How it was found"),
    "quarter": _("Quarter"),
    "disclosed_on": _("Disclosed on"),
    "case_class": _("Class of the case"),
    "superior_number": _("Superior's number"),
    "superior_round": _("Superior's round"),
    "superior_batch": _("Superior's batch"),
    "original_text": _("Feedback's own words"),
    "location": _("Place of the first site"),
}


def _reason(situation: Situation) -> Fields:
    return [Field("reason", _("Reason"), Kind.LONG, required=True)]


def _list(situation: Situation) -> Fields:
    return [
        Field("source", _("Source"), Kind.SELECT, required=True, choices=choices.source_choices(), wide=False),
        Field("sector", _("Sector"), Kind.SELECT, required=True, choices=choices.sector_choices(), wide=False,
              hint=_("It decides who leads the acceptance and which leader confirms.")),
        Field("discovery", _("How it was found"), Kind.SELECT, choices=choices.discovery_choices(), null=True, wide=False,
              hint=_("For the district's own check (Article 6).")),
        Field("discovery_file", _("Stamped page of the unit that found it"), Kind.FILE, wide=False),
        Field("category", _("Category"), Kind.SELECT, choices=choices.category_choices(), null=True, wide=False),
        Field("quarter", _("Quarter"), wide=False, most=10, hint=_("2026Q1; empty: the quarter of the report.")),
        Field("superior_number", _("Superior's number"), wide=False, most=60),
        Field("superior_round", _("Superior's round"), wide=False, most=40),
        Field("superior_batch", _("Superior's batch"), wide=False, most=40),
        Field("disclosed_on", _("Disclosed on"), Kind.DATE, wide=False),
        Field("case_class", _("Class of the case"), Kind.SELECT, choices=choices.of(words.CASE_CLASS_NAMES), null=True,
              wide=False),
        Field("original_text", _("Feedback's own words"), Kind.LONG),
        Field("note", _("Note"), Kind.LONG),
    ]  # fmt: skip


def _correct(situation: Situation) -> Fields:
    field = situation.chosen if situation.chosen in CORRECTION_NAMES else "title"
    return [
        Field("field", _("What is to be corrected"), Kind.SELECT, required=True,
              choices=[(code, name) for code, name in CORRECTION_NAMES.items() if code in CORRECTABLE]),
        _value_of(field),
        Field("ground", _("Ground for it"), Kind.LONG, required=True),
    ]  # fmt: skip


def _value_of(field: str) -> Field:
    label = _("New value")
    chosen: dict[str, Callable[[], Choices]] = {
        "category": choices.category_choices,
        "sector": choices.sector_choices,
        "discovery": choices.discovery_choices,
        "case_class": lambda: choices.of(words.CASE_CLASS_NAMES),
    }
    if field in chosen:
        return Field("value", label, Kind.SELECT, required=True, choices=chosen[field]())
    if field == "further_categories":
        return Field("value", label, Kind.MANY, required=True, choices=choices.category_choices())
    kinds = {"description": Kind.LONG, "original_text": Kind.LONG, "disclosed_on": Kind.DATE, "location": Kind.POINT}
    return Field("value", label, kinds.get(field, Kind.TEXT), required=True)


def _add_site(situation: Situation) -> Fields:
    return [
        Field("name", _("Name of the site"), required=True, most=80),
        Field("location", _("Place"), Kind.POINT, required=True),
        Field("crs", _("Coordinate system"), Kind.SELECT, choices=choices.SYSTEMS, null=True, wide=False),
    ]


def _add_source(situation: Situation) -> Fields:
    return [
        Field("source", _("Source"), Kind.SELECT, required=True, choices=choices.source_choices()),
        Field("superior_number", _("Superior's number"), wide=False, most=60),
        Field("disclosed_on", _("Disclosed on"), Kind.DATE, wide=False),
    ]


def _submit_upward(situation: Situation) -> Fields:
    bodies = [(code, name) for code, name in words.ACCEPTED_BY_NAMES.items() if code in ACCEPTED_ABOVE]
    return [
        Field("to", _("Submit to"), Kind.SELECT, required=True, choices=bodies),
        Field("file", _("Report to the superior"), Kind.FILE),
    ]


def _superior_result(situation: Situation) -> Fields:
    return [
        Field("result", _("The superior's result"), Kind.RESULT, required=True, choices=choices.of(words.RESULT_NAMES)),
        Field("date", _("Date of the result"), Kind.DATE, required=True, wide=False),
        Field("document", _("The superior's document"), Kind.FILE, required=True),
    ]


FORMS: Mapping[Action, Callable[[Situation], Fields]] = {
    Action.ENDORSE: lambda s: [Field("file", _("Stamped page"), Kind.FILE, required=True)],
    Action.LIST: _list,
    Action.RETURN: _reason,
    Action.MERGE: lambda s: [
        Field("into", _("Problem it joins"), Kind.SELECT, required=True,
              choices=choices.merge_choices(s.problem, s.visitor.person, s.visitor.at),
              hint=_("Sources, photos and histories of both are kept there.")),
    ],
    Action.CANCEL: lambda s: [
        Field("ground", _("Ground for it"), Kind.LONG, required=True),
        Field("document", _("Document"), Kind.FILE, hint=_("For superior problems the superior's document is needed.")),
    ],
    Action.RESTORE: _reason,
    Action.CORRECT: _correct,
    Action.ADD_SOURCE: _add_source,
    Action.ADD_SITE: _add_site,
    Action.ISSUE_PLAN: planning.issue_plan,
    Action.ADJUST_PLAN: planning.adjust_plan,
    Action.REASSIGN: planning.reassign,
    Action.PROGRESS: planning.progress,
    Action.APPLY: accepting.apply,
    Action.WITHDRAW: _reason,
    Action.SEND_BACK: lambda s: [
        Field("missing", _("Everything that is missing, one thing a line"), Kind.LINES, required=True,
              hint=_("Once a round; it counts as no failed round.")),
    ],
    Action.OPINION: accepting.opinion,
    Action.SUSPEND: lambda s: [
        Field("ground", _("Ground for it"), Kind.LONG, required=True),
        Field("until", _("Until"), Kind.DATE, required=True, wide=False),
    ],
    Action.RESUME: lambda s: [],
    Action.DECIDE: accepting.decide,
    Action.CONFIRM: accepting.confirm,
    Action.DECLINE: accepting.decline,
    Action.SUBMIT_UPWARD: _submit_upward,
    Action.SUPERIOR_RESULT: _superior_result,
    Action.FILE: accepting.file_closure,
    Action.REOPEN: planning.reopen,
}  # fmt: skip


def fields_of(situation: Situation) -> Fields:
    """The fields of a verb's form for this problem and person."""
    return FORMS[situation.action](situation)


def initial_of(situation: Situation) -> dict[str, Any]:
    """What the program already knows is filled in: nothing is asked twice."""
    problem = situation.problem
    known: Mapping[Action, Callable[[], dict[str, Any]]] = {
        Action.LIST: lambda: {
            "sector": problem.sector_id or "",
            "source": "district_self_check",
            "discovery": problem.discovery,
            "category": problem.category,
        },
        Action.CORRECT: lambda: _correction(problem, situation.chosen or "title"),
        Action.SUBMIT_UPWARD: lambda: {"to": problem.accepted_by},
        Action.ISSUE_PLAN: lambda: planning.proposed(situation),
        Action.ADJUST_PLAN: lambda: planning.as_it_stands(situation),
        Action.REASSIGN: lambda: planning.units_as_they_stand(problem),
        Action.PROGRESS: lambda: planning.last_progress(situation),
        Action.APPLY: lambda: accepting.proposed_application(situation),
        Action.REOPEN: lambda: {"reason": "rebound"},
    }
    return known[situation.action]() if situation.action in known else {}


def _correction(problem: Problem, field: str) -> dict[str, Any]:
    value: Any = None
    if field == "location":
        value = {"x": problem.lon, "y": problem.lat} if problem.lon is not None else {}
    elif field in CORRECTION_NAMES:
        value = problem.sector_id if field == "sector" else getattr(problem, field)
    return {"field": field, "value": value if value is not None else ""}
