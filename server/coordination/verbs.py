"""Every verb of the life-cycle table by its name: which body it takes and which action it calls.

Faces call :func:`perform`; it answers in the contract's order: 404 unseen, 403 not allowed, 409 wrong state, 422 content.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from server.acceptance import actions as acceptance
from server.coordination import bodies
from server.files.models import StoredFile
from server.plans import actions as plans
from server.problems import actions as problems
from server.problems import policy
from server.problems.models import Problem
from server.problems.moves import check
from server.progress.actions import report_progress
from server.regulation.lifecycle import Action
from server.runtime.refusals import FieldError, Invalid, NotAllowed, NotThere
from server.units.models import Person

Content = dict[str, Any]
FILE_FIELDS = frozenset({"file", "discovery_file", "document", "registration_form", "form", "countersign_document"})


@dataclass(frozen=True)
class Verb:
    """A body and what is done with it."""

    body: type[bodies.Body]
    run: Callable[[UUID, Content, Person, datetime], object]


def perform(problem_id: UUID, action: str, content: Mapping[str, Any], *, by: Person, at: datetime) -> Problem:
    """Do one verb to a problem, and return the problem as it is now.

    Raises NotThere for an unknown verb or an unseen problem, NotAllowed, WrongState, Conflict, and Invalid naming every field.
    """
    if action not in VERBS:
        raise NotThere
    verb = VERBS[action]
    problem = policy.visible_to(by, at).filter(pk=problem_id).first()
    if problem is None:
        raise NotThere
    if _names_another(content, by) and not policy.may_enter_on_paper(by, action, problem, at):
        raise NotAllowed("This may be entered only by the office or the signing unit's liaison.")
    signer = _signer(content, by)
    check(problem, action, by=signer or by, typist=by if signer else None, at=at)
    body = validated(verb.body, content)
    _own_files(body, by)
    verb.run(problem_id, body, by, at)
    return Problem.objects.get(pk=problem_id)


def validated(body: type[bodies.Body], content: Mapping[str, Any]) -> Content:
    """The body as Python values. Raises Invalid with every wrong field named by its path."""
    serializer = body(data=dict(content))
    if not serializer.is_valid():
        raise Invalid(_flat(serializer.errors))
    return dict(serializer.validated_data)


def _flat(errors: Any, path: str = "") -> list[FieldError]:
    if isinstance(errors, Mapping):
        found: list[FieldError] = []
        for name, inner in errors.items():
            here = path if name == "non_field_errors" else f"{path}.{name}".strip(".")
            found += _flat(inner, here)
        return found
    if isinstance(errors, list) and any(isinstance(item, Mapping | list) for item in errors):
        return [error for n, item in enumerate(errors) for error in _flat(item, f"{path}.{n}".strip("."))]
    return [FieldError(path, getattr(item, "code", "invalid"), str(item)) for item in errors]


def _names_another(content: Mapping[str, Any], by: Person) -> bool:
    name = content.get("signed_by")
    return isinstance(name, str) and bool(name) and name != by.username


def _signer(content: Mapping[str, Any], by: Person) -> Person | None:
    """Whom the body names as signer, where that is not who acts. Raises Invalid for a name that is nobody's."""
    if not _names_another(content, by):
        return None
    name = content["signed_by"]
    signer = Person.objects.filter(username=name, is_active=True).first() if "\0" not in name else None
    if signer is None:
        raise Invalid.one("signed_by", "unknown", "Unknown value: %(value)s.", value=name)
    return signer


def _own_files(body: Content, by: Person) -> None:
    """Documents named must be uploads of who acts: unknown and hidden ids get the same answer."""
    named = {(name, value) for name, value in body.items() if name in FILE_FIELDS and value is not None}
    named |= {("files", value) for value in body.get("files", [])}
    named |= {("approvals", step["document"]) for step in body.get("approvals", []) if step.get("document")}
    own = set(
        StoredFile.objects.filter(pk__in=[value for _n, value in named], uploader_id=str(by.pk)).values_list("pk", flat=True)
    )
    wrong = [FieldError(name, "unknown", "There is no such file.") for name, value in sorted(named, key=str) if value not in own]
    if wrong:
        raise Invalid(wrong)


def _signature(body: Content, by: Person) -> acceptance.Signature:
    signer = _signer(body, by)
    return acceptance.Signature(
        signer=signer or by,
        typist=by if signer else None,
        password=body["password"],
        otp=body["otp"],
        form=body["form"],
        signed_on=body["signed_on"],
    )


def plan_draft(body: Content) -> plans.PlanDraft:
    """A validated plan body as the draft that the action takes."""
    return plans.PlanDraft(
        kind=body["kind"],
        measures=measure_drafts(body["measures"]),
        goal=body["goal"],
        main_units=body["main_units"],
        supervising_units=body["supervising_units"],
        assisting_units=body["assisting_units"] or [],
        deadline=body["deadline"],
        deadline_text=body["deadline_text"],
        stages=[plans.StageDraft(s["goal"], s["due"], s["id"]) for s in body["stages"]],
        risk_control=body["risk_control"],
        superior_reference=body["superior_reference"],
        accepted_by=body["accepted_by"],
        approvals=[plans.Approval(a["step"], a["by"], a["date"], a["document"]) for a in body["approvals"]],
        document=body["document"],
        document_number=body["document_number"],
        common=body["common"],
        mechanism=body["mechanism"],
        extended_check=body["extended_check"],
    )


def measure_drafts(rows: Iterable[Content]) -> list[plans.MeasureDraft]:
    return [plans.MeasureDraft(m["text"], m["id"], m["goal"], m["deadline"], m["unit"]) for m in rows]


def _list(problem: UUID, body: Content, by: Person, at: datetime) -> object:
    return problems.list_problem(problem, problems.Listing(**body), by=by, at=at)


def _add_site(problem: UUID, body: Content, by: Person, at: datetime) -> object:
    return problems.add_site(problem, body["id"] or uuid4(), body["name"], body["location"], by=by, at=at, crs=body["crs"])


def _adjust(problem: UUID, body: Content, by: Person, at: datetime) -> object:
    adjustment = plans.Adjustment(
        ground=body["ground"],
        approved_by=body["approved_by"],
        document=body["document"],
        standard_not_lowered=body["standard_not_lowered"],
        standard_text=body["standard_text"],
    )
    return plans.adjust_plan(problem, plan_draft(body), adjustment, by=by, at=at)


def _reassign(problem: UUID, body: Content, by: Person, at: datetime) -> object:
    return acceptance.reassign(
        problem,
        body["ground"],
        body["document"],
        by=by,
        at=at,
        main_units=body["main_units"],
        supervising_units=body["supervising_units"],
    )


def _progress(problem: UUID, body: Content, by: Person, at: datetime) -> object:
    return report_progress(
        problem,
        body["percent"],
        body["text"],
        by=by,
        at=at,
        done=body["done"],
        reached=body["reached"],
        flag=body["flag"] or "",
        photos=body["photos"],
    )


def _apply(problem: UUID, body: Content, by: Person, at: datetime) -> object:
    draft = acceptance.ApplicationDraft(
        statement=body["statement"],
        pairs=[acceptance.Pair(p["before"], p["after"]) for p in body["pairs"]],
        during=body["during"],
        registration_form=body["registration_form"],
        files=body["files"],
        waivers=[acceptance.Waiver(w["stage"], w["reason"], w["site"]) for w in body["waivers"]],
        no_app_photo=[acceptance.NoAppPhoto(n["reason"], n["site"]) for n in body["no_app_photo"]],
    )
    return acceptance.apply_for_acceptance(problem, draft, by=by, at=at)


def _decide(problem: UUID, body: Content, by: Person, at: datetime) -> object:
    demands = [acceptance.Demand(d["text"], d["due"]) for d in body["demands"]]
    return acceptance.decide(problem, body["result"], body["text"], _signature(body, by), demands, at=at)


def _file(problem: UUID, body: Content, by: Person, at: datetime) -> object:
    countersigner = None
    if body["countersigned_by"]:
        countersigner = Person.objects.filter(username=body["countersigned_by"], is_active=True).first()
        if countersigner is None:
            raise Invalid.one("countersigned_by", "unknown", "Unknown value: %(value)s.", value=body["countersigned_by"])
    return acceptance.file_closure(
        problem, body["filing_number"], body["note"], countersigner, body["countersign_document"], by=by, at=at
    )


def _reopen(problem: UUID, body: Content, by: Person, at: datetime) -> object:
    return acceptance.reopen(
        problem,
        body["reason"],
        body["text"],
        measure_drafts(body["measures"]),
        body["deadline"],
        by=by,
        at=at,
        visit=body["visit"],
        document=body["document"],
    )


VERBS: Mapping[str, Verb] = {
    Action.ENDORSE: Verb(bodies.EndorseBody, lambda p, b, by, at: problems.endorse(p, b["file"], by=by, at=at)),
    Action.LIST: Verb(bodies.ListBody, _list),
    Action.RETURN: Verb(bodies.ReasonBody, lambda p, b, by, at: problems.return_problem(p, b["reason"], by=by, at=at)),
    Action.CANCEL: Verb(bodies.CancelBody, lambda p, b, by, at: problems.cancel(p, b["ground"], b["document"], by=by, at=at)),
    Action.RESTORE: Verb(bodies.ReasonBody, lambda p, b, by, at: problems.restore(p, b["reason"], by=by, at=at)),
    Action.MERGE: Verb(bodies.MergeBody, lambda p, b, by, at: problems.merge(p, b["into"], by=by, at=at)),
    Action.CORRECT: Verb(
        bodies.CorrectBody, lambda p, b, by, at: problems.correct(p, b["field"], b["value"], b["ground"], by=by, at=at)
    ),
    Action.ADD_SOURCE: Verb(bodies.AddSourceBody, lambda p, b, by, at: problems.add_source(p, by=by, at=at, **b)),
    Action.ADD_SITE: Verb(bodies.AddSiteBody, _add_site),
    Action.ISSUE_PLAN: Verb(bodies.IssuePlanBody, lambda p, b, by, at: plans.issue_plan(p, plan_draft(b), by=by, at=at)),
    Action.ADJUST_PLAN: Verb(bodies.AdjustPlanBody, _adjust),
    Action.REASSIGN: Verb(bodies.ReassignBody, _reassign),
    Action.PROGRESS: Verb(bodies.ProgressBody, _progress),
    Action.APPLY: Verb(bodies.ApplyBody, _apply),
    Action.WITHDRAW: Verb(bodies.ReasonBody, lambda p, b, by, at: acceptance.withdraw(p, b["reason"], by=by, at=at)),
    Action.SEND_BACK: Verb(bodies.SendBackBody, lambda p, b, by, at: acceptance.send_back(p, b["missing"], by=by, at=at)),
    Action.OPINION: Verb(
        bodies.OpinionBody, lambda p, b, by, at: acceptance.give_opinion(p, b["result"], b["text"], b["checklist"], by=by, at=at)
    ),
    Action.SUSPEND: Verb(bodies.SuspendBody, lambda p, b, by, at: acceptance.suspend(p, b["ground"], b["until"], by=by, at=at)),
    Action.RESUME: Verb(bodies.EmptyBody, lambda p, b, by, at: acceptance.resume(p, by=by, at=at)),
    Action.DECIDE: Verb(bodies.DecideBody, _decide),
    Action.CONFIRM: Verb(bodies.ConfirmBody, lambda p, b, by, at: acceptance.confirm(p, _signature(b, by), b["text"], at=at)),
    Action.DECLINE: Verb(bodies.DeclineBody, lambda p, b, by, at: acceptance.decline(p, b["reason"], _signature(b, by), at=at)),
    Action.SUBMIT_UPWARD: Verb(
        bodies.SubmitUpwardBody, lambda p, b, by, at: acceptance.submit_upward(p, b["to"], b["file"], by=by, at=at)
    ),
    Action.SUPERIOR_RESULT: Verb(
        bodies.SuperiorResultBody,
        lambda p, b, by, at: acceptance.record_superior_result(p, b["result"], b["document"], b["date"], by=by, at=at),
    ),
    Action.FILE: Verb(bodies.FileBody, _file),
    Action.REOPEN: Verb(bodies.ReopenBody, _reopen),
}
