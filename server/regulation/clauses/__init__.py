"""Every rule of the 25 articles, by its id. Tests are marked with these ids; docs/regulation.md is made from them."""

from collections.abc import Mapping
from types import MappingProxyType

from server.regulation.clauses import (
    chapter1_duties,
    chapter2_finding,
    chapter3_carrying_out,
    chapter3_pressing_on,
    chapter4_acceptance,
    chapter5_assessment,
    chapter6_supplementary,
)
from server.regulation.clauses.clause import Clause

CLAUSES: tuple[Clause, ...] = (
    *chapter1_duties.CLAUSES,
    *chapter2_finding.CLAUSES,
    *chapter3_carrying_out.CLAUSES,
    *chapter3_pressing_on.CLAUSES,
    *chapter4_acceptance.CLAUSES,
    *chapter5_assessment.CLAUSES,
    *chapter6_supplementary.CLAUSES,
)

BY_ID: Mapping[str, Clause] = MappingProxyType({clause.id: clause for clause in CLAUSES})

TITLES_ZH: Mapping[int, str] = MappingProxyType(
    {
        1: "领导责任",
        2: "协调责任",
        3: "主体责任",
        4: "监管责任",
        5: "问题来源",
        6: "自查方式",
        7: "方案制定",
        8: "方案实施",
        9: "整改调度",
        10: "盯办抽查",
        11: "专项督查",
        12: "领衔督办",
        13: "提示、警示、督办、通报、约谈",
        14: "责任追究",
        15: "验收原则",
        16: "验收申请",
        17: "验收组织",
        18: "验收责任",
        19: "考核依据",
        20: "考核范围",
        21: "考核细则",
        22: "考核结果运用",
        23: "解释",
        24: "施行",
        25: "修订",
    }
)
"""Article → its title in the regulation."""

__all__ = ["BY_ID", "CLAUSES", "TITLES_ZH", "Clause"]
