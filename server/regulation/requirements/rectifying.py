"""Carrying out and applying for acceptance (Articles 8 and 16)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from server.regulation.messages import gettext_noop as _
from server.regulation.requirements.missing import Missing, blank, demand
from server.regulation.ruleset import RuleSet

FLAGS = ("on_track", "at_risk", "behind")
PHOTO_STAGES = ("before", "during", "after")


@dataclass(frozen=True)
class ProgressFacts:
    """A main unit's progress (Article 8).

    `percent` None: not given or no number. `unknown_measures`, `unknown_stages`: ids that the plan does not have.
    `foreign_measures`: texts of measures that are another main unit's.
    """

    percent: int | None
    text: str
    unknown_measures: tuple[str, ...] = ()
    foreign_measures: tuple[str, ...] = ()
    unknown_stages: tuple[str, ...] = ()
    flag: str | None = None

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if self.percent is None:
            demand(lacks, "percent", None)
        elif not 0 <= self.percent <= 100:
            lacks.append(Missing("percent", "percent", _("The percent lies between 0 and 100")))
        demand(lacks, "text", self.text)
        for value in self.unknown_measures:
            lacks.append(Missing("unknown", "done", _("The plan has no such measure: %(value)s"), {"value": value}))
        for text in self.foreign_measures:
            lacks.append(Missing("foreign_measure", "done", _("This measure is another unit's: %(text)s"), {"text": text}))
        for value in self.unknown_stages:
            lacks.append(Missing("unknown", "reached", _("The plan has no such stage: %(value)s"), {"value": value}))
        if self.flag and self.flag not in FLAGS:
            lacks.append(Missing("unknown", "flag", _("There is no such flag: %(value)s"), {"value": self.flag}))
        return lacks


@dataclass(frozen=True)
class SiteFact:
    """A site of the problem; `id` "" is never used: the first site's id is the problem's."""

    id: str
    name: str


@dataclass(frozen=True)
class PhotoFact:
    """A photo that the application may rest on.

    `stage`: before, during, after. `arrived`: its bytes are on the server. `refused`: the check that takes away its worth as
    evidence ("damaged", "reused"), else None. `in_app`: taken in the app, not chosen from files. `taken_on`: by its own clock.
    """

    id: str
    site: str
    stage: str
    arrived: bool = True
    refused: str | None = None
    in_app: bool = True
    taken_on: date | None = None

    @property
    def counts(self) -> bool:
        """Whether it is evidence: arrived, and refused by no check."""
        return self.arrived and self.refused is None


@dataclass(frozen=True)
class WaiverFact:
    """A stage that cannot exist at a site, with the reason; it counts as present at application (Article 16)."""

    site: str
    stage: str
    reason: str


@dataclass(frozen=True)
class ApplyFacts:
    """An application for acceptance (Article 16).

    `undone_measures`: texts of measures not yet done. `photos`: all photos of the problem and those named, each once. `named`:
    the ids named in the body, pairs and during. `pairs`: (before id, after id). `no_app_photo`: site id → the reason.
    `goal_held`: for a continuous plan, whether a review found the goal held or the superior ended it; None for other plans.
    `failed_on`: the day the round before was failed or declined; None in the first round.
    """

    statement: str
    undone_measures: tuple[str, ...]
    has_registration_form: bool
    sites: tuple[SiteFact, ...]
    photos: tuple[PhotoFact, ...]
    pairs: tuple[tuple[str, str], ...] = ()
    unknown_photos: tuple[str, ...] = ()
    waivers: tuple[WaiverFact, ...] = ()
    no_app_photo: tuple[tuple[str, str], ...] = ()
    named: tuple[str, ...] = ()
    plan_issued_on: date | None = None
    goal_held: bool | None = None
    failed_on: date | None = None

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        demand(lacks, "statement", self.statement)
        for text in self.undone_measures:
            lacks.append(Missing("measure_undone", "measures", _("A measure is not done: %(text)s"), {"text": text}))
        if self.goal_held is False:
            lacks.append(
                Missing(
                    "goal_not_held", "measures", _("No review has found that the goal holds, and the superior has not ended it")
                )
            )
        if not self.has_registration_form:
            lacks.append(
                Missing("registration_form", "registration_form", _("The registration form, signed and stamped, is missing"))
            )
        lacks += self._photos_missing()
        lacks += self._waivers_wrong()
        for site in self.sites:
            lacks += self._site_missing(site)
        return lacks

    def doubts(self) -> list[Missing]:
        """What is shown to the lead and refuses nothing: photos of during or after that are older than the plan, and photos of
        after that stood before the last failure and so cannot show what was done about it.
        """
        return [*self._older_than_plan(), *self._older_than_failure()]

    def _older_than_plan(self) -> list[Missing]:
        if self.plan_issued_on is None:
            return []
        texts = {
            "during": _("A photo of during was taken on %(date)s, before the plan was issued"),
            "after": _("A photo of after was taken on %(date)s, before the plan was issued"),
        }
        return [
            Missing("older_than_plan", "photos", texts[photo.stage], {"date": photo.taken_on, "photo": photo.id})
            for photo in self.photos
            if photo.stage in texts and photo.taken_on is not None and photo.taken_on < self.plan_issued_on
        ]

    def _older_than_failure(self) -> list[Missing]:
        if self.failed_on is None:
            return []
        by_id = self._by_id()
        afters = (by_id.get(after_id) for after_id in dict.fromkeys(after_id for _before, after_id in self.pairs))
        text = _("A photo of after was taken on %(date)s, before the acceptance failed on %(failed)s")
        return [
            Missing("earlier_round", "photos", text, {"date": photo.taken_on, "failed": self.failed_on, "photo": photo.id})
            for photo in afters
            if photo is not None and photo.taken_on is not None and photo.taken_on < self.failed_on
        ]

    def _photos_missing(self) -> list[Missing]:
        lacks = [
            Missing("unknown", "photos", _("There is no such photo: %(value)s"), {"value": photo})
            for photo in self.unknown_photos
        ]
        by_id = self._by_id()
        for photo_id in dict.fromkeys((*self.named, *(photo_id for pair in self.pairs for photo_id in pair))):
            photo = by_id.get(photo_id)
            if photo is None:
                continue
            if not photo.arrived:
                lacks.append(Missing("not_arrived", "photos", _("A photo has not arrived yet: %(photo)s"), {"photo": photo_id}))
            elif photo.refused == "reused":
                lacks.append(
                    Missing("reused", "photos", _("The same photo stands as before and after: %(photo)s"), {"photo": photo_id})
                )
            elif photo.refused is not None:
                lacks.append(
                    Missing(photo.refused, "photos", _("A photo is damaged and proves nothing: %(photo)s"), {"photo": photo_id})
                )
        for before_id, after_id in self.pairs:
            before, after = by_id.get(before_id), by_id.get(after_id)
            if before is None or after is None:
                continue
            if before.stage != "before" or after.stage != "after":
                lacks.append(Missing("pair_stages", "pairs", _("A pair is a photo of before and one of after")))
            elif before.site != after.site:
                lacks.append(Missing("pair_sites", "pairs", _("The two photos of a pair are of the same site")))
        return lacks

    def _waivers_wrong(self) -> list[Missing]:
        lacks: list[Missing] = []
        sites = {site.id for site in self.sites}
        for waiver in self.waivers:
            if waiver.site not in sites:
                lacks.append(Missing("unknown", "waivers", _("There is no such site: %(value)s"), {"value": waiver.site}))
            elif waiver.stage == "after":
                lacks.append(Missing("after_waived", "waivers", _("The photo of after cannot be waived")))
            elif waiver.stage not in PHOTO_STAGES:
                lacks.append(Missing("unknown", "waivers", _("There is no such stage: %(value)s"), {"value": waiver.stage}))
            elif blank(waiver.reason):
                lacks.append(Missing("waiver_reason", "waivers", _("A waiver needs its reason")))
        for site_id, reason in self.no_app_photo:
            if site_id not in sites:
                lacks.append(Missing("unknown", "no_app_photo", _("There is no such site: %(value)s"), {"value": site_id}))
            elif blank(reason):
                lacks.append(
                    Missing(
                        "no_app_photo_reason", "no_app_photo", _("Say why no photo of after was taken in the app on the spot")
                    )
                )
        return lacks

    def _site_missing(self, site: SiteFact) -> list[Missing]:
        lacks: list[Missing] = []
        waived = {waiver.stage for waiver in self.waivers if waiver.site == site.id and not blank(waiver.reason)} - {"after"}
        here = [photo for photo in self.photos if photo.site == site.id and photo.counts]
        for stage, text in (
            ("before", _("%(site)s: a photo of before is missing")),
            ("during", _("%(site)s: a photo of during is missing")),
            ("after", _("%(site)s: a photo of after is missing")),
        ):
            if stage not in waived and not any(photo.stage == stage for photo in here):
                lacks.append(Missing(f"no_{stage}", "photos", text, {"site": site.name, "site_id": site.id, "stage": stage}))
        has_both = {"before", "after"} <= {photo.stage for photo in here}
        if has_both and "before" not in waived and not self._paired(here):
            lacks.append(
                Missing(
                    "no_pair",
                    "pairs",
                    _("%(site)s: a pair of before and after from the same spot is missing"),
                    {"site": site.name, "site_id": site.id},
                )
            )
        afters = [photo for photo in here if photo.stage == "after"]
        excused = any(site_id == site.id and not blank(reason) for site_id, reason in self.no_app_photo)
        if afters and not excused and not any(photo.in_app for photo in afters):
            lacks.append(
                Missing(
                    "no_app_photo",
                    "no_app_photo",
                    _("%(site)s: no photo of after was taken in the app on the spot; take one or say why not"),
                    {"site": site.name, "site_id": site.id},
                )
            )
        return lacks

    def _paired(self, here: Iterable[PhotoFact]) -> bool:
        by_id = {photo.id: photo for photo in here}
        return any(
            before in by_id and after in by_id and by_id[before].stage == "before" and by_id[after].stage == "after"
            for before, after in self.pairs
        )

    def _by_id(self) -> dict[str, PhotoFact]:
        return {photo.id: photo for photo in self.photos}
