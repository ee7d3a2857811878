"""Forms of acceptance and closing (Articles 16 and 17)."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from server.portal import words
from server.portal.forms import choices
from server.portal.forms.fields import Field, Kind
from server.portal.forms.situation import Situation
from server.problems import policy
from server.regulation.lifecycle import Action
from server.units.models import Person
from server.units.predicates import people_with, with_stand_ins
from server.units.queries import sector_duty
from server.units.roles import Role

Fields = list[Field]


def apply(situation: Situation) -> Fields:
    problem, photos = situation.problem, situation.photos
    sites = choices.site_choices(problem)
    before, after = choices.photo_choices(photos, "before"), choices.photo_choices(photos, "after")
    return [
        Field("statement", _("What has been done"), Kind.LONG, required=True),
        Field(
            "pairs",
            _("Pairs of photos from the same spot"),
            Kind.ROWS,
            required=True,
            fields=(
                Field("before", _("Before rectification"), Kind.SELECT, required=True, choices=before, null=True, wide=False),
                Field("after", _("After rectification"), Kind.SELECT, required=True, choices=after, null=True, wide=False),
            ),
        ),
        Field("during", _("Photos during rectification"), Kind.THUMBS, choices=choices.photo_choices(photos, "during")),
        Field(
            "registration_form",
            _("Registration form, signed by the heads and stamped"),
            Kind.FILE,
            required=True,
        ),
        Field("files", _("Supporting files"), Kind.FILES),
        Field(
            "waivers",
            _("Waivers: a stage of which there can be no photo"),
            Kind.ROWS,
            least=0,
            fields=(
                Field("site", _("Site"), Kind.SELECT, choices=sites, null=True, wide=False),
                Field("stage", _("Stage"), Kind.SELECT, required=True, choices=choices.of(words.STAGE_NAMES), wide=False),
                Field("reason", _("Reason"), Kind.LONG, required=True),
            ),
        ),
        Field(
            "no_app_photo",
            _("Sites without an after-photo taken in the app on the spot"),
            Kind.ROWS,
            least=0,
            fields=(
                Field("site", _("Site"), Kind.SELECT, choices=sites, null=True, wide=False),
                Field("reason", _("Reason"), Kind.LONG, required=True),
            ),
        ),
    ]


def proposed_application(situation: Situation) -> dict[str, Any]:
    """Pairs proposed: of each site the first before and the last after; all photos of during."""
    pairs = []
    for site in situation.problem.sites.all():
        of_site = [p for p in situation.photos if (p.site or situation.problem.pk) == site.pk and not p.damaged]
        before = [p for p in of_site if p.photo_stage == "before"]
        after = [p for p in of_site if p.photo_stage == "after"]
        if before and after:
            pairs.append({"before": str(before[0].pk), "after": str(after[-1].pk)})
    during = [str(p.pk) for p in situation.photos if p.photo_stage == "during" and not p.damaged]
    return {"pairs": pairs, "during": during}


def opinion(situation: Situation) -> Fields:
    chinese = (get_language() or "").startswith("zh")
    questions = [(item.code, item.text_zh if chinese else item.text) for item in situation.rules.checklist]
    return [
        Field("checklist", _("Checklist"), Kind.CHECKLIST, required=True, choices=questions),
        Field("result", _("Opinion of the unit"), Kind.RESULT, required=True, choices=choices.of(words.RESULT_NAMES)),
        Field("text", _("In words"), Kind.LONG, required=True),
    ]


def decide(situation: Situation) -> Fields:
    return [
        Field("result", _("Decision of the lead unit"), Kind.RESULT, required=True, choices=choices.of(words.RESULT_NAMES)),
        Field("text", _("In words"), Kind.LONG, required=True),
        Field(
            "demands",
            _("Demands, when it fails"),
            Kind.ROWS,
            least=1,
            fields=(
                Field("text", _("Demand"), Kind.LONG, required=True, most=2_000),
                Field("due", _("Due"), Kind.DATE, wide=False),
            ),
        ),
        *_signature(situation, _("Stamped registration form (needed for a pass)")),
    ]


def confirm(situation: Situation) -> Fields:
    return [Field("text", _("In words"), Kind.LONG), *_signature(situation, _("Scan of the signed form"))]


def decline(situation: Situation) -> Fields:
    return [
        Field("reason", _("Reason"), Kind.LONG, required=True),
        *_signature(situation, _("Scan of the signed form")),
    ]


def _signature(situation: Situation, form_label: Any) -> Fields:
    """Who signs themselves gives the password; who enters what was signed on paper names signer and day, with the scan."""
    if not situation.on_paper:
        return [
            Field("form", form_label, Kind.FILE, sometimes=True),
            Field("password", _("Your password, as signature"), Kind.PASSWORD, required=True, wide=False),
        ]
    return [
        Field("signed_by", _("Signed by"), Kind.SELECT, required=True, null=True, wide=False,
              choices=choices.people_choices(_signers(situation))),
        Field("signed_on", _("Signed on"), Kind.DATE, required=True, wide=False),
        Field("form", form_label, Kind.FILE, required=True),
    ]  # fmt: skip


def _signers(situation: Situation) -> list[Person]:
    """Who may sign this on paper: the head of the lead unit, or the district leader of the sector, or who stands in for them."""
    problem, visitor = situation.problem, situation.visitor
    if situation.action is Action.DECIDE:
        return people_with(Role.UNIT_HEAD, visitor.at, units=policy.supervising_units(problem)[:1])
    duty = sector_duty(problem.sector_id, visitor.on) if problem.sector_id else None
    return with_stand_ins(duty.district_leader, Role.DISTRICT_LEADER, visitor.at) if duty and duty.district_leader else []


def file_closure(situation: Situation) -> Fields:
    leaders = people_with(Role.LEADING_GROUP, situation.visitor.at)
    return [
        Field("filing_number", _("Filing number"), wide=False, most=40, hint=_("Empty: the next of the year.")),
        Field(
            "countersigned_by",
            _("Countersigned by the leading group"),
            Kind.SELECT,
            choices=choices.people_choices(leaders),
            null=True,
            wide=False,
            hint=_("Needed where the office's own bureau rectified or led."),
        ),
        Field("countersign_document", _("Countersigned document"), Kind.FILE),
        Field("note", _("Note"), Kind.LONG),
    ]
