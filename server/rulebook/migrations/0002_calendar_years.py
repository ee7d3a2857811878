"""Put in force the calendar years whose State Council notices chinesecalendar carries."""

from datetime import UTC, datetime

from django.db import migrations

from server.regulation.workdays import notice_from_chinesecalendar


def fill(apps, schema_editor):
    calendar_year = apps.get_model("rulebook", "CalendarYear")
    for year in range(2022, 2031):
        notice = notice_from_chinesecalendar(year)
        if notice is None:
            continue
        calendar_year.objects.using(schema_editor.connection.alias).create(
            year=year,
            rest=sorted(day.isoformat() for day in notice.rest),
            work=sorted(day.isoformat() for day in notice.work),
            notice=notice.notice,
            in_force_since=datetime(year, 1, 1, tzinfo=UTC),
            put_in_force_by="system",
        )


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
