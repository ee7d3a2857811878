"""What a form for a verb may need to know: the problem, who fills it in, the rules that hold."""

from dataclasses import dataclass
from functools import cached_property

from server.acceptance.models import Application
from server.acceptance.queries import open_application
from server.evidence.models import Photo
from server.evidence.queries import photos_of
from server.plans.models import Plan
from server.plans.queries import find_plan
from server.portal.visitors import Visitor
from server.problems import policy
from server.problems.models import Problem
from server.regulation.lifecycle import Action
from server.regulation.ruleset import RuleSet
from server.rulebook.queries import rules_of


@dataclass(frozen=True)
class Situation:
    """One verb on one problem by one person. ``chosen``: what the address already says, as the field of a correction."""

    problem: Problem
    action: Action
    visitor: Visitor
    chosen: str = ""

    @cached_property
    def rules(self) -> RuleSet:
        return rules_of(self.problem.rule_edition, self.visitor.on)

    @cached_property
    def plan(self) -> Plan | None:
        return find_plan(self.problem)

    @cached_property
    def photos(self) -> list[Photo]:
        return list(photos_of(self.problem, self.visitor.person, self.visitor.at))

    @cached_property
    def application(self) -> Application | None:
        return open_application(self.problem)

    @cached_property
    def on_paper(self) -> bool:
        """The person does not sign themselves: they enter what a head or leader signed on paper."""
        v = self.visitor
        return not policy.may(v.person, self.action, self.problem, v.at, v.held)
