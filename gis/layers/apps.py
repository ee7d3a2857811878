from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LayersConfig(AppConfig):
    name = "gis.layers"
    label = "layers"
    verbose_name = _("Layers")
    default_auto_field = "django.db.models.BigAutoField"
