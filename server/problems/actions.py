"""What is done to a problem itself, before and beside its plan (Articles 5 and 6)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from server.problems import further_sources, marks, places, policy, telling
from server.problems.correcting import read_correction
from server.problems.models import Embargo, FurtherSource, NumberSeries, Problem, Site
from server.problems.moves import Facts, judged, move
from server.problems.places import Place
from server.problems.visibility import is_embargoed
from server.records.actions import append
from server.regulation import categories, discovery, sources
from server.regulation.lifecycle import Action, destination, find_move
from server.regulation.quarters import quarter_of
from server.regulation.requirements import (
    AddSiteFacts,
    AddSourceFacts,
    CancelFacts,
    CorrectFacts,
    EndorseFacts,
    ListFacts,
    MergeFacts,
    ReasonFacts,
    ReportFacts,
)
from server.regulation.ruleset import RuleSet
from server.regulation.sources import Level
from server.regulation.statuses import Status
from server.rulebook.queries import rules_in_force
from server.runtime.refusals import Invalid, NotAllowed, NotThere
from server.units.models import Person, Sector
from server.units.predicates import Capacities, actor, capacities, office_day
from server.units.queries import led_by


@dataclass(frozen=True)
class NewSite:
    """A further site of a report: id from the client, name, place."""

    id: UUID
    name: str
    place: Place


@dataclass(frozen=True)
class Report:
    """What a report says. ``photos`` is how many it claims; the claims themselves are evidence's. ``moved_m``: metres the pin
    was moved by hand from the phone's fix; 0 and None are the same, not moved.
    """

    title: str
    description: str
    category: str
    place: Place
    observed_at: datetime
    further_categories: Sequence[str] = ()
    sector: str | None = None
    discovery: str | None = None
    accuracy_m: float | None = None
    moved_m: float | None = None
    sites: Sequence[NewSite] = ()
    photos: int = 0
    no_photo_reason: str = ""
    open_inspection: bool = False
    area: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@transaction.atomic(savepoint=False)  # a refusal undoes the caller's whole submission
def report(
    problem_id: UUID, content: Report, *, by: Person, at: datetime, embargo: Embargo | None = None, held: Capacities | None = None
) -> Problem:
    """Report a problem (Articles 5, 6 and 10). The id comes from the client.

    Raises NotAllowed for who may not report, Invalid with all that the content lacks. No number is given: that comes with
    listing, so that none can give an unreleased inspection away.
    """
    held = held or capacities(by, at)
    if not policy.may_report(held):
        raise NotAllowed
    on = office_day(at)
    rules = rules_in_force(on)
    place = content.place
    facts = ReportFacts(
        title=content.title,
        description=content.description,
        category=content.category,
        category_known=all(code in categories.BY_CODE for code in (content.category, *content.further_categories)),
        has_point=place.point is not None,
        area="district" if place.whole_district else (place.area.code if place.area else None),
        no_location_reason=place.no_location_reason,
        photos=content.photos,
        no_photo_reason=content.no_photo_reason,
        sector=content.sector,
        sector_known=content.sector is None or Sector.objects.filter(pk=content.sector).exists(),
        discovery=content.discovery,
    )
    _judge(facts, rules)
    unit = held.main_unit()
    problem = Problem(
        id=problem_id,
        title=content.title.strip(),
        description=content.description.strip(),
        category=content.category,
        further_categories=[c for c in content.further_categories if c != content.category],
        sector_id=content.sector,
        discovery=content.discovery or "",
        status=destination(Action.REPORT, None),
        status_since=at,
        reported_by=by,
        reporting_unit_id=unit,
        observed_at=content.observed_at,
        received_at=at,
        updated_at=at,
        no_photo_reason=content.no_photo_reason,
        moved_m=content.moved_m or None,
        embargo=embargo,
        open_inspection=content.open_inspection,
    )
    places.put(problem, place, content.accuracy_m)
    marks.refresh(problem, rules)
    problem.save(force_insert=True)
    Site.objects.create(id=problem_id, problem=problem, location=place.geometry, area=place.area, position=0)
    for position, site in enumerate(content.sites, 1):
        _add_place(problem, site, position, f"sites.{position - 1}.id")
    marks.write_standing(problem, at, born=True)
    append(
        at=at,
        by=actor(by, held),
        action=Action.REPORT,
        article=", ".join(find_move(Action.REPORT).articles),
        object_type="problem",
        object_id=problem_id,
        problem=problem_id,
        after={
            "status": problem.status,
            "title": problem.title,
            "category": problem.category,
            "area": problem.area_code or None,
            "observed_at": content.observed_at,
            **({"moved_m": content.moved_m} if content.moved_m else {}),
            **content.facts,
        },
        embargo=embargo.pk if embargo else None,
        rule_edition=rules.edition,
    )
    telling.tell_office(problem, "report_to_list", at)
    if embargo is None and problem.discovery == discovery.OVERSIGHT_LEADER and content.sector:
        lead = led_by(content.sector, on)
        telling.tell_units([lead] if lead else [], problem, "to_endorse", at)
    return problem


def _add_place(problem: Problem, site: NewSite, position: int, field_name: str) -> None:
    """Write a further site. Its id comes from a client: one that is taken, here or under any other problem, is refused alike."""
    try:
        with transaction.atomic():
            Site.objects.create(
                id=site.id, problem=problem, name=site.name, location=site.place.geometry, area=site.place.area, position=position
            )
    except IntegrityError:
        raise Invalid.one(field_name, "in_use", "This id is in use.") from None


def _judge(facts: Facts, rules: RuleSet) -> None:
    if errors := judged(rules, facts):
        raise Invalid(errors)


def endorse(problem_id: UUID, file: UUID | None, *, by: Person, at: datetime) -> Problem:
    """The sector's lead unit stamps the find of an oversight leader and sends it up (Article 6(3))."""
    with move(problem_id, Action.ENDORSE, by=by, at=at) as step:
        step.require(EndorseFacts(discovery=step.problem.discovery or None, has_file=file is not None))
        step.problem.endorsed_by_id = step.unit
        step.problem.endorsement_file = file
        step.name_files(file)
        step.record({"file": file, "unit": step.unit})
    return step.problem


@dataclass(frozen=True)
class Listing:
    """What the office decides when it puts a problem on the list."""

    source: str
    sector: str
    discovery: str | None = None
    discovery_file: UUID | None = None
    quarter: str = ""
    disclosed_on: date | None = None
    case_class: str | None = None
    category: str | None = None
    superior_number: str = ""
    superior_round: str = ""
    superior_batch: str = ""
    original_text: str = ""
    note: str = ""


def list_problem(problem_id: UUID, listing: Listing, *, by: Person, at: datetime) -> Problem:
    """Put a reported problem on the list; here it gets its number, in list order (Articles 5 and 6)."""
    with move(problem_id, Action.LIST, by=by, at=at) as step:
        problem = step.problem
        way = listing.discovery or (problem.discovery if listing.source == sources.SELF_CHECK else None) or None
        quarter = listing.quarter or quarter_of(office_day(problem.received_at), step.rules).code
        step.require(
            ListFacts(
                quarter=quarter,
                source=listing.source,
                source_known=listing.source in sources.BY_CODE,
                sector=listing.sector,
                sector_known=Sector.objects.filter(pk=listing.sector).exists(),
                discovery=way,
                endorsed=problem.endorsement_file is not None,
                has_discovery_file=listing.discovery_file is not None,
                embargoed=is_embargoed(problem),
                category=listing.category,
                category_known=listing.category is None or listing.category in categories.BY_CODE,
                case_class=listing.case_class,
            )
        )
        problem.source = listing.source
        problem.level = further_sources.ruling_level(problem)
        problem.sector_id = listing.sector
        problem.discovery = way or ""
        problem.discovery_file = listing.discovery_file
        problem.quarter = quarter
        problem.disclosed_on = listing.disclosed_on
        problem.case_class = listing.case_class or ""
        problem.category = listing.category or problem.category
        problem.superior_number = listing.superior_number
        problem.superior_round = listing.superior_round
        problem.superior_batch = listing.superior_batch
        problem.original_text = listing.original_text
        problem.listed_on = step.on
        step.name_files(listing.discovery_file)
        if problem.number is None:
            problem.number = next_number(step.on.year)
        step.record(
            {
                "number": problem.number,
                "quarter": quarter,
                "source": listing.source,
                "sector": listing.sector,
                "discovery": way,
                "superior_number": listing.superior_number or None,
                "note": listing.note or None,
            }
        )
    return problem


def next_number(year: int) -> str:
    """The next number of the year. The series' row is locked: two listings at once get two numbers, and none is used again."""
    NumberSeries.objects.get_or_create(year=year)
    series = NumberSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{year}-{series.last:03d}"


def return_problem(problem_id: UUID, reason: str, *, by: Person, at: datetime) -> Problem:
    """Return a report to who made it, with the reason (Article 5)."""
    with move(problem_id, Action.RETURN, by=by, at=at) as step:
        step.require(ReasonFacts(reason))
        step.record({"reason": reason})
        telling.tell_person(step.problem.reported_by, step.problem, "returned_to_you", at)
    return step.problem


def merge(problem_id: UUID, into: UUID, *, by: Person, at: datetime) -> Problem:
    """Join another problem, which keeps all sources; photos and history stay readable under both (Article 5)."""
    with transaction.atomic(), _both_locked(problem_id, into), move(problem_id, Action.MERGE, by=by, at=at) as step:
        problem = step.problem
        other = policy.visible_to(by, at).select_related("embargo").filter(pk=into).first()
        step.require(
            MergeFacts(
                status=Status(problem.status),
                into_known=other is not None,
                into_self=other is not None and other.pk == problem.pk,
                into_status=Status(other.status) if other else None,
                makes_cycle=other is not None and _leads_to(other, problem.pk),
                embargoed=is_embargoed(problem) or (other is not None and is_embargoed(other)),
            )
        )
        problem.merged_into = other
        if other is not None:
            further_sources.take_over(problem, other, by=actor(by, step.held), at=at)
        step.record({"into": into, "into_number": other.number if other else None})
    return problem


@contextmanager
def _both_locked(one: UUID, other: UUID | None) -> Iterator[None]:
    """Two problems in one order, so that two merges into each other wait instead of killing each other."""
    list(Problem.objects.select_for_update(no_key=True).filter(pk__in=[one, other]).order_by("pk").values("pk"))
    yield


def _leads_to(problem: Problem, target: UUID) -> bool:
    seen = set()
    current: Problem | None = problem
    while current is not None and current.pk not in seen:
        if current.pk == target:
            return True
        seen.add(current.pk)
        current = current.merged_into
    return False


def cancel(problem_id: UUID, ground: str, document: UUID | None, *, by: Person, at: datetime) -> Problem:
    """Take a problem off the list: not founded, or not ours (Article 5)."""
    with move(problem_id, Action.CANCEL, by=by, at=at) as step:
        step.require(CancelFacts(ground=ground, level=Level(step.problem.level), has_document=document is not None))
        step.name_files(document)
        step.record({"ground": ground, "document": document})
    return step.problem


def restore(problem_id: UUID, reason: str, *, by: Person, at: datetime) -> Problem:
    """Take back a return, merge or cancellation: the problem is where it was before (Article 5)."""
    into = Problem.objects.filter(pk=problem_id).values_list("merged_into", flat=True).first()
    with transaction.atomic(), _both_locked(problem_id, into), move(problem_id, Action.RESTORE, by=by, at=at) as step:
        step.require(ReasonFacts(reason))
        other, step.problem.merged_into = step.problem.merged_into, None
        if other is not None:
            further_sources.give_back(step.problem, other, reason, by=actor(by, step.held), at=at)
        step.record({"reason": reason}, before={"merged_into": other.pk} if other is not None else None)
    return step.problem


def correct(problem_id: UUID, field_name: str, value: Any, ground: str, *, by: Person, at: datetime) -> Problem:
    """Correct a fact: old, new and ground are recorded; never plan, deadline or units (Article 5)."""
    with move(problem_id, Action.CORRECT, by=by, at=at) as step:
        correction = read_correction(step.problem, field_name, value)
        step.require(
            CorrectFacts(
                field=field_name,
                ground=ground,
                value_given=value not in (None, "", []),
                value_known=correction.known,
                changes=correction.changes,
            )
        )
        correction.write()
        step.record({field_name: correction.after, "ground": ground}, before={field_name: correction.before})
    return step.problem


def add_source(
    problem_id: UUID, source: str, *, by: Person, at: datetime, superior_number: str = "", disclosed_on: date | None = None
) -> Problem:
    """The same site named again: a further source is kept, and the highest level rules (Article 5, dynamic update)."""
    with move(problem_id, Action.ADD_SOURCE, by=by, at=at) as step:
        problem = step.problem
        there = {(problem.source, problem.superior_number)} | set(
            problem.further_sources.values_list("source", "superior_number")
        )
        step.require(
            AddSourceFacts(
                source=source, source_known=source in sources.BY_CODE, already_there=(source, superior_number) in there
            )
        )
        level = sources.BY_CODE[source].level
        FurtherSource.objects.create(
            problem=problem, source=source, level=level, superior_number=superior_number, disclosed_on=disclosed_on, added_at=at
        )
        before, problem.level = problem.level, further_sources.ruling_level(problem)
        step.record(
            {"source": source, "superior_number": superior_number or None, "level": problem.level}, before={"level": before}
        )
    return problem


def add_site(
    problem_id: UUID, site_id: UUID, name: str, location: object, *, by: Person, at: datetime, crs: str | None = None
) -> Problem:
    """Add a further place to a problem (点位, Article 5)."""
    with move(problem_id, Action.ADD_SITE, by=by, at=at) as step:
        place = places.place_point(location, crs, at) if location is not None else None
        step.require(AddSiteFacts(name=name, has_point=place is not None))
        if place is None:
            raise NotThere
        _add_place(step.problem, NewSite(site_id, name, place), step.problem.sites.count(), "id")
        step.record({"site": site_id, "name": name, "area": place.area.code if place.area else None})
    return step.problem
