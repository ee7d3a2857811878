"""The roles of rules.md, "Who": their codes are part of the contract."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    COMMITTEE_GOVERNMENT = "committee_government", _("District committee and government leader")
    LEADING_GROUP = "leading_group", _("Leading group")
    OFFICE = "office", _("Rectification office")
    DISTRICT_LEADER = "district_leader", _("District leader in charge")
    OVERSIGHT_LEADER = "oversight_leader", _("People's congress or consultative conference leader")
    SPECIAL_SUPERVISOR = "special_supervisor", _("Special supervisor")
    UNIT_HEAD = "unit_head", _("Head of unit")
    UNIT_DEPUTY = "unit_deputy", _("Deputy head of unit")
    UNIT_LIAISON = "unit_liaison", _("Liaison of unit")
    INSPECTOR = "inspector", _("Inspector")
    INSPECTION_BUREAU = "inspection_bureau", _("Inspection bureau")
    DISCIPLINE = "discipline", _("Discipline inspection")
    ADMIN = "admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDITOR = "auditor", _("Audit administrator")


UNIT_ROLES = frozenset({Role.UNIT_HEAD, Role.UNIT_DEPUTY, Role.UNIT_LIAISON})
ADMINISTRATORS = frozenset({Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
SEE_ALL_LISTED = frozenset({Role.COMMITTEE_GOVERNMENT, Role.DISTRICT_LEADER, Role.OVERSIGHT_LEADER, Role.INSPECTION_BUREAU})
SEE_EVERYTHING = frozenset({Role.OFFICE, Role.LEADING_GROUP})
DELEGABLE = frozenset({Role.UNIT_HEAD, Role.DISTRICT_LEADER})
