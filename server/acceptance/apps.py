from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AcceptanceConfig(AppConfig):
    name = "server.acceptance"
    label = "acceptance"
    verbose_name = _("Acceptance")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_guard_seats, sender=self)


def _guard_seats(*, using: str, **kwargs: object) -> None:
    """Put the seats' triggers in place after every migrate: Django's table rebuild on SQLite drops triggers without a word.

    Plumbing of the schema and no business: the one use of a signal here, as for the record's guards.
    """
    from server.acceptance.seats import guard, tables_exist

    if tables_exist(using):
        with connections[using].schema_editor(atomic=False) as editor:
            guard(editor)
