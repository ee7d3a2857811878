"""Which units are named in a problem, in what order and on which side: written through here alone."""

from collections.abc import Sequence

from server.problems.models import Involvement, Problem

MAIN, SUPERVISING, ASSISTING = Involvement.Role.MAIN, Involvement.Role.SUPERVISING, Involvement.Role.ASSISTING
FORMER = {MAIN: Involvement.Role.FORMER_MAIN, SUPERVISING: Involvement.Role.FORMER_SUPERVISING}


def set_units(problem: Problem, main: Sequence[str], supervising: Sequence[str], assisting: Sequence[str] = ()) -> None:
    """Name the units in order. Who was main and is no longer stays on as former_main, and so stays barred from accepting.

    The database refuses a unit on both sides (unique by problem and unit); callers have asked the regulation before.
    """
    wanted = {code: (MAIN, n) for n, code in enumerate(main)}
    wanted.update({code: (SUPERVISING, n) for n, code in enumerate(supervising)})
    wanted.update({code: (ASSISTING, n) for n, code in enumerate(assisting)})
    now = {i.unit_id: i for i in Involvement.objects.select_for_update().filter(problem=problem)}
    for code, row in now.items():
        if code in wanted:
            continue
        former = FORMER.get(Involvement.Role(row.role))
        if former is not None:
            row.role, row.position = former, 0
            row.save(update_fields=["role", "position"])
        elif row.role == ASSISTING:
            row.delete()
    # Places are unique in their role: free them before they are given anew.
    for n, row in enumerate(Involvement.objects.filter(problem=problem, unit__in=wanted)):
        Involvement.objects.filter(pk=row.pk).update(position=1000 + n)
    for code, (role, position) in wanted.items():
        Involvement.objects.update_or_create(problem=problem, unit_id=code, defaults={"role": role, "position": position})


def former_main_units(problem: Problem) -> list[str]:
    """Units that rectified and were replaced."""
    return list(problem.involvements.filter(role=Involvement.Role.FORMER_MAIN).values_list("unit_id", flat=True))
