"""Acceptance: send back, opinion, suspension, decision (Articles 16 and 17)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from server.regulation.messages import gettext_noop as _
from server.regulation.requirements.missing import Missing, blank, demand
from server.regulation.ruleset import RuleSet

RESULTS = ("pass", "fail")


@dataclass(frozen=True)
class SignatureFacts:
    """How a leader signs: password, second factor, or the scan of what was signed on paper (rules.md, Who).

    `password_right`, `code_right`: None where not given. `by_signer`: the signer is the one at the keyboard; where somebody else
    enters it, who signed and when must be said. `on`: today. `wait_minutes`: after too many wrong passwords, until one is
    looked at again.
    """

    on: date
    password_right: bool | None = None
    wait_minutes: int | None = None
    code_right: bool | None = None
    has_form: bool = False
    by_signer: bool = True
    signer_given: bool = False
    signed_on: date | None = None

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if self.wait_minutes is not None:
            text = _("Too many wrong passwords: try again in %(minutes)s minutes")
            lacks.append(Missing("locked", "password", text, {"minutes": self.wait_minutes}))
        elif self.password_right is False:
            lacks.append(Missing("wrong_password", "password", _("The password is wrong")))
        if self.code_right is False:
            lacks.append(Missing("wrong_code", "otp", _("The code of the second factor is wrong")))
        if not self.by_signer:
            if not self.has_form:
                lacks.append(_unsigned())
                lacks.append(Missing("signed_form", "form", _("The scan of what was signed on paper is missing")))
            if not self.signer_given:
                lacks.append(Missing("required", "signed_by", _("Say who signed")))
            if self.signed_on is None:
                lacks.append(Missing("required", "signed_on", _("Say when it was signed")))
        elif self.password_right is None and self.code_right is None and not self.has_form:
            lacks.append(_unsigned())
        if self.signed_on is not None and self.signed_on > self.on:
            lacks.append(Missing("signed_in_future", "signed_on", _("The day of signing lies ahead")))
        return lacks


@dataclass(frozen=True)
class SendBackFacts:
    """退回补正: everything that is missing, at once; once a round (Article 16)."""

    texts: tuple[str, ...]
    sent_back_this_round: bool = False

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if all(blank(text) for text in self.texts):
            lacks.append(Missing("required", "missing", _("Name everything that is missing")))
        if self.sent_back_this_round:
            lacks.append(Missing("sent_back_already", "missing", _("This round has been sent back once; accept it or fail it")))
        return lacks


@dataclass(frozen=True)
class OpinionFacts:
    """A supervising unit's opinion (Article 17). `checklist`: the questions answered."""

    result: str
    text: str
    checklist: Mapping[str, bool] = field(default_factory=dict)

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks = _wrong_result(self.result)
        demand(lacks, "text", self.text)
        codes = [item.code for item in rules.checklist]
        for code in self.checklist:
            if code not in codes:
                lacks.append(Missing("unknown", "checklist", _("The checklist has no such question: %(value)s"), {"value": code}))
        if rules.flag("checklist_demanded"):
            for item in rules.checklist:
                if item.code not in self.checklist:
                    lacks.append(
                        Missing(
                            "checklist",
                            "checklist",
                            _("The checklist is not answered: %(question)s"),
                            {"question": item.text, "question_zh": item.text_zh, "code": item.code},
                        )
                    )
        return lacks


@dataclass(frozen=True)
class SuspendFacts:
    """Suspending the acceptance clock (Article 17): off by default, ground, until, at most so many days."""

    on: date
    ground: str
    until: date | None
    suspended_already: bool = False

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if not rules.flag("suspension_allowed"):
            lacks.append(Missing("not_allowed", "until", _("The rules in force allow no suspension")))
        if self.suspended_already:
            lacks.append(Missing("suspended_already", "until", _("The clock stands already")))
        demand(lacks, "ground", self.ground)
        most = rules.whole("suspension_days")
        if self.until is None:
            demand(lacks, "until", None)
        elif self.until <= self.on:
            lacks.append(Missing("until_past", "until", _("The end of the suspension must lie ahead")))
        elif self.until > self.on + timedelta(days=most):
            lacks.append(Missing("too_long", "until", _("A suspension lasts at most %(days)s days"), {"days": most}))
        return lacks


@dataclass(frozen=True)
class ResumeFacts:
    """Resuming the acceptance clock (Article 17)."""

    suspended: bool

    def missing(self, rules: RuleSet) -> list[Missing]:
        if self.suspended:
            return []
        return [Missing("not_suspended", "until", _("The clock is running"))]


@dataclass(frozen=True)
class DemandFact:
    """One demand of a failed acceptance; without a date of its own it is due on the problem's deadline."""

    text: str
    due: date | None = None


@dataclass(frozen=True)
class DecideFacts:
    """The lead unit's decision (Article 17).

    `own_opinion`: the lead's own, None where not given. `other_opinions`: results of the other supervising units that gave one.
    """

    result: str
    text: str
    own_opinion: str | None
    other_opinions: tuple[str, ...]
    has_form: bool
    signature: SignatureFacts
    demands: tuple[DemandFact, ...] = ()

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks = _wrong_result(self.result)
        demand(lacks, "text", self.text)
        if self.own_opinion is None:
            lacks.append(Missing("own_opinion", "result", _("The lead unit has not given its own opinion")))
        if self.result == "pass":
            if too_many_fail(self.own_opinion, self.other_opinions):
                lacks.append(
                    Missing(
                        "most_failed",
                        "result",
                        _("More than half of the opinions given say fail (%(fails)s of %(given)s)"),
                        {"fails": self._given().count("fail"), "given": len(self._given())},
                    )
                )
            if rules.flag("stamped_form_for_pass") and not self.has_form:
                lacks.append(Missing("stamped_form", "form", _("A pass needs the scan of the stamped registration form")))
        for n, wanted in enumerate(self.demands, 1):
            if blank(wanted.text):
                lacks.append(Missing("demand_text", "demands", _("Demand %(n)s has no words"), {"n": n}))
            if wanted.due is not None and wanted.due < self.signature.on:
                lacks.append(Missing("demand_past", "demands", _("The date of demand %(n)s has passed"), {"n": n}))
        return lacks + self.signature.missing(rules)

    def _given(self) -> list[str]:
        return [result for result in (self.own_opinion, *self.other_opinions) if result is not None]


def too_many_fail(own_opinion: str | None, other_opinions: tuple[str, ...]) -> bool:
    """Whether more than half of the opinions given, the lead's included, say fail (Article 17).

    A tie leaves it to the lead's head.
    """
    given = [result for result in (own_opinion, *other_opinions) if result is not None]
    return given.count("fail") * 2 > len(given)


def _unsigned() -> Missing:
    return Missing("signature", "password", _("Sign with the password, the second factor, or the scan of the signed form"))


def _wrong_result(result: str) -> list[Missing]:
    if result in RESULTS:
        return []
    return [Missing("unknown", "result", _("The result is pass or fail"))]
