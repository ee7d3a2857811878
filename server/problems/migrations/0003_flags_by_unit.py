"""Every main unit's last word says its risk and since when.

A problem's flag becomes that of the unit whose last progress is of the flag's day. Where a unit's own was kept already, but not its
day, that of its last progress stands for it.
"""

from django.db import migrations


def give_flags_to_units(apps, schema_editor):
    problems = apps.get_model("problems", "Problem").objects.exclude(flag="").filter(flag_on__isnull=False)
    for problem in problems.only("percents", "flag", "flag_on").iterator():
        day = problem.flag_on.isoformat()
        for row in problem.percents.values():
            if "flag" not in row and row.get("on") == day:
                row.update(flag=problem.flag, flag_on=day)
            if row.get("flag"):
                row.setdefault("flag_on", row["on"])
        problem.save(update_fields=["percents"])


class Migration(migrations.Migration):
    dependencies = [("problems", "0002_report_moved_pin")]
    operations = [migrations.RunPython(give_flags_to_units, migrations.RunPython.noop)]
