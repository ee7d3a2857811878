"""Complete facts of each action, for tests that take one thing away and see it named.

Named actors: a town that rectifies, a bureau that leads, another that supervises too.
"""

from datetime import date

from server.regulation.requirements import (
    AdjustPlanFacts,
    ApplyFacts,
    ApprovalFact,
    DecideFacts,
    Facts,
    IssuePlanFacts,
    ListFacts,
    MeasureFact,
    PhotoFact,
    ReopenFacts,
    ReportFacts,
    SignatureFacts,
    SiteFact,
    StageFact,
    UnitsFact,
)
from server.regulation.ruleset import RuleSet, load
from server.regulation.sources import Level

RULES: RuleSet = load("2026")
TODAY = date(2026, 3, 16)
TOWN, LEAD, SECOND = "stone_bridge_town", "ecology_bureau", "water_bureau"

REPORT = ReportFacts(
    title="Grey water on the river bank",
    description="Grey water runs from a pipe into the river.",
    category="water",
    category_known=True,
    has_point=True,
    photos=1,
)

LIST = ListFacts(
    source="district_self_check", source_known=True, sector="river_water", sector_known=True, discovery="quarterly_unit_report"
)

UNITS = UnitsFact(main=(TOWN,), supervising=(LEAD, SECOND))

PLAN = IssuePlanFacts(
    kind="immediate",
    level=Level.DISTRICT,
    issued=TODAY,
    goal="No grey water reaches the river.",
    measures=(MeasureFact("Close the pipe", id="m1"), MeasureFact("Connect the yard to the sewer", id="m2")),
    units=UNITS,
    deadline=date(2026, 4, 30),
    approvals=(ApprovalFact("Draft approved", "Head of the office", date(2026, 3, 12)),),
    document_number="临整改办〔2026〕12号",
)

LONG_PLAN = IssuePlanFacts(
    kind="long_term",
    level=Level.DISTRICT,
    issued=TODAY,
    goal="The whole reach is clean.",
    measures=(MeasureFact("Build the interceptor", id="m1"),),
    units=UNITS,
    deadline=date(2027, 6, 30),
    stages=(StageFact("Design approved", date(2026, 9, 30), "s1"), StageFact("In operation", date(2027, 6, 30), "s2")),
    approvals=PLAN.approvals,
    document_number="临整改办〔2026〕13号",
)

SUPERIOR_PLAN = IssuePlanFacts(
    kind="immediate",
    level=Level.CENTRAL,
    issued=TODAY,
    goal="No grey water reaches the river.",
    measures=PLAN.measures,
    units=UNITS,
    deadline=date(2026, 4, 30),
    superior_reference="省整改方案第12项",
    accepted_by="province",
    approvals=PLAN.approvals,
)

ADJUSTED = AdjustPlanFacts(
    plan=PLAN,
    ground="Flood season stopped the work.",
    approved_by="Leading group",
    has_document=True,
    standard_not_lowered=True,
    standard_text="Goal and measures stay as they were.",
)

YARD, OUTFALL = SiteFact("site-1", "Yard"), SiteFact("site-2", "Outfall")


def photos_of(site: SiteFact) -> tuple[PhotoFact, ...]:
    """One photo of each stage of a site, as good as they come."""
    return tuple(PhotoFact(f"{site.id}-{stage}", site.id, stage) for stage in ("before", "during", "after"))


APPLY = ApplyFacts(
    statement="All is done.",
    undone_measures=(),
    has_registration_form=True,
    sites=(YARD, OUTFALL),
    photos=photos_of(YARD) + photos_of(OUTFALL),
    pairs=(("site-1-before", "site-1-after"), ("site-2-before", "site-2-after")),
    named=("site-1-during", "site-2-during"),
)

SIGNED = SignatureFacts(on=TODAY, password_right=True)

DECIDE = DecideFacts(
    result="pass", text="Meets the standard.", own_opinion="pass", other_opinions=("pass",), has_form=True, signature=SIGNED
)

REOPEN = ReopenFacts(
    on=TODAY,
    reason="rebound",
    text="Grey water runs again.",
    has_visit=True,
    has_document=False,
    measures=(MeasureFact("Close the new pipe"),),
    deadline=date(2026, 5, 31),
)


def codes(facts: Facts, rules: RuleSet = RULES) -> list[str]:
    """The codes of all that is missing, in order."""
    return [lack.code for lack in facts.missing(rules)]


def fields(facts: Facts, rules: RuleSet = RULES) -> list[str]:
    """The fields of all that is missing, in order."""
    return [lack.field for lack in facts.missing(rules)]
