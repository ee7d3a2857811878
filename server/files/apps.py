from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "server.files"
    label = "files"
    verbose_name = _("Files")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from server.records import guards

        guards.protect("files_storedbytes")
        guards.protect("files_sealing")
        guards.protect("files_storedfile", allow_update_of=("name",))  # a name can itself be what must be erased
