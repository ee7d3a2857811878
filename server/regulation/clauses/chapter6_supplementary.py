"""Chapter 6, supplementary: Articles 23 to 25."""

from server.regulation.clauses.clause import Clause, clause

CLAUSES: tuple[Clause, ...] = (
    clause(
        "23-1",
        "由领导小组办公室负责解释",
        "Every edition says who interprets it.",
        "每版规则注明解释机关。",
    ),
    clause(
        "24-1",
        "自印发之日起施行",
        "Every edition says from when it applies; the one in force on a day is found by date.",
        "每版规则注明施行日期，按日期适用。",
    ),
    clause(
        "25-1",
        "上级办法正式出台后进行修订",
        "A revision is a new file; a problem keeps the edition in force when its plan was issued.",
        "修订即新增一版，问题适用方案下达时的版本。",
    ),
    clause(
        "25-2",
        "每项数值有据可查",
        "Every parameter carries its article and title; a value put in force is a copy, the edition stays as it is.",
        "每个参数注明条款；调整参数不改原版。",
    ),
)
