from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "server.records"
    label = "records"
    verbose_name = _("Records")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from server.records import checks, guards

        for table in ("records_entry", "records_seal", "records_accessentry"):
            guards.protect(table)
        # The only signal of the program: Django has no other place that is passed after *every* migrate, whichever app was
        # migrated, and a rebuilt table on SQLite has lost its triggers by then. It changes no business data.
        post_migrate.connect(checks.make_guards_again, sender=self, dispatch_uid="records.guards")
        register(checks.guards_stand, Tags.database)
