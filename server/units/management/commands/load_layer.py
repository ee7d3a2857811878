"""``manage.py load_layer``: a new edition of a layer of areas, recorded, loaded whole or not at all."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.layers.coverage import report_flaws
from gis.layers.models import Kind, Layer
from gis.layers.reading import read_layer
from gis.layers.refusals import LayerRefused
from server.runtime.refusals import Invalid
from server.units.actions import load_layer

KIND_OF = {"towns": Kind.ADMINISTRATIVE, "park": Kind.PARK, "red_line": Kind.RED_LINE, "protected": Kind.PROTECTED_AREA}


class Command(BaseCommand):
    help = "Load a new edition of a layer from GeoJSON, GeoPackage, Shapefile (zip too) or KML."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--layer", required=True, help="towns, park, red_line, protected, or a code of your own")
        parser.add_argument("--name", help="what the layer is called (default: as before, else its code)")
        parser.add_argument("--kind", choices=Kind.values, help="what its areas are for (default: by the layer's code)")
        parser.add_argument("--name-field", required=True)
        parser.add_argument("--code-field", required=True)
        parser.add_argument("--unit-field", help="column with the code of the unit that answers for the area")
        parser.add_argument("--srs", help="EPSG:n, gcj02 or bd09, where the file does not say it, or says it wrongly")
        parser.add_argument("--tolerance", type=float, default=100.0, help="square metres of overlap or gap that are reported")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if not file.is_file():
            raise CommandError(_("There is no file %(name)s.") % {"name": file.name})
        known = Layer.objects.filter(pk=options["layer"]).first()
        kind = options["kind"] or (known.kind if known else KIND_OF.get(options["layer"], Kind.ADMINISTRATIVE))
        name = options["name"] or (known.name if known else options["layer"])
        try:
            read = read_layer(
                file,
                options["layer"],
                options["name_field"],
                options["code_field"],
                options["unit_field"],
                options["srs"],
                with_lines=kind == Kind.BASE,
            )
            if kind in (Kind.ADMINISTRATIVE, Kind.PARK):
                report_flaws(read.features, read.report, options["tolerance"])
            edition = load_layer(read, layer=options["layer"], name=name, kind=kind, source=file.name, by=None, at=timezone.now())
        except LayerRefused as refused:
            raise CommandError(str(refused)) from None
        except Invalid as wrong:
            raise CommandError("\n".join(_(error.text) % error.params for error in wrong.errors)) from None
        for line in read.report.lines:
            row = _("row %(n)s: ") % {"n": line.row} if line.row else ""
            self.stdout.write(f"{row}{line.message}")
        self.stdout.write(
            _("%(layer)s: edition %(number)s with %(count)s areas is in force.")
            % {"layer": name, "number": edition.number, "count": len(read.features)}
        )
