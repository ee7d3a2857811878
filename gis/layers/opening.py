"""Opening a spatial file from outside: what it is, and that it is nothing worse.

The name decides which format is expected and the first bytes must agree. Archives are unpacked here under names of our
own, with limits. What this module hands on is a single file of a known format, small enough to parse.
"""

import hashlib
import shutil
import stat
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from gis.layers.refusals import LayerRefused

MAX_VERTICES = 1_000_000
MAX_BYTES = 200 * 1024 * 1024  # of a file, or of all that an archive holds
MAX_ENTRIES = 200
_SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
_SHAPEFILE_MAGIC = b"\x00\x00\x27\x0a"
_SQLITE_MAGIC = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that may be parsed: geojson, gpkg, kml, or a Shapefile whose parts lie beside `path` under the same stem.

    `digest`: SHA-256 of what was given, hexadecimal; of a bare Shapefile, of its parts in the order of their suffixes.
    """

    format: str
    path: Path
    digest: str = ""


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The file at `path`, checked; archives and Shapefiles in a folder that is gone afterwards. Raises LayerRefused."""
    if not path.is_file():
        raise LayerRefused.because("not_there", _("There is no file %(name)s.") % {"name": path.name})
    _require_size(path.stat().st_size)
    with TemporaryDirectory(prefix="layer-") as folder:
        suffix = path.suffix.lower()
        if suffix in (".zip", ".kmz"):
            yield replace(_identified(_unpacked(path, Path(folder))), digest=_digest([path]))
        elif suffix == ".shp":
            gathered = _gathered(path, Path(folder))
            yield replace(_identified(gathered), digest=_digest(sorted(Path(folder).iterdir())))
        else:
            yield replace(_identified(path), digest=_digest([path]))


def _identified(path: Path) -> Opened:
    with path.open("rb") as file:
        start = file.read(16)
    match path.suffix.lower():
        case ".geojson" | ".json":
            if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
                return Opened("geojson", path)
        case ".gpkg":
            if start == _SQLITE_MAGIC:
                return Opened("gpkg", path)
        case ".kml":
            return Opened("kml", path)
        case ".shp":
            if start.startswith(_SHAPEFILE_MAGIC):
                return Opened("shapefile", path)
        case _:
            raise LayerRefused.because(
                "unknown_format",
                _("%(name)s: GeoJSON, GeoPackage, Shapefile (also zipped) or KML is expected.") % {"name": path.name},
            )
    raise LayerRefused.because("wrong_content", _("%(name)s does not hold what its name says.") % {"name": path.name})


def _gathered(path: Path, folder: Path) -> Path:
    """The parts of a Shapefile, copied under one name, so that the library finds these and no others."""
    for part in path.parent.iterdir():
        suffix = part.suffix.lower()
        if part.stem == path.stem and suffix in (".shp", *_SIDECARS) and part.is_file():
            _require_size(part.stat().st_size)
            shutil.copyfile(part, folder / f"layer{suffix}")
    return folder / "layer.shp"


def _unpacked(path: Path, folder: Path) -> Path:
    """The one layer of an archive. Refused: paths out of it, links, secrets, too many or too large entries, two layers."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise LayerRefused.because(
                    "too_many_entries", _("The archive holds more than %(most)d files.") % {"most": MAX_ENTRIES}
                )
            for entry in entries:
                _require_harmless(entry)
            _require_size(sum(entry.file_size for entry in entries))
            files = [entry for entry in entries if not entry.is_dir() and "__MACOSX" not in entry.filename]
            layers = [
                e for e in files if PurePosixPath(e.filename).suffix.lower() in (".shp", ".geojson", ".json", ".gpkg", ".kml")
            ]
            if len(layers) != 1:
                raise LayerRefused.because(
                    "not_one_layer", _("The archive must hold exactly one layer; it holds %(count)d.") % {"count": len(layers)}
                )
            chosen = PurePosixPath(layers[0].filename)
            parts = (".shp", *_SIDECARS) if chosen.suffix.lower() == ".shp" else (chosen.suffix.lower(),)
            for entry in files:
                inside = PurePosixPath(entry.filename)
                if inside.with_suffix("") == chosen.with_suffix("") and inside.suffix.lower() in parts:
                    _extract(archive, entry, folder / f"layer{inside.suffix.lower()}")
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, LayerRefused):
            raise
        raise LayerRefused.because("bad_archive", _("The archive is damaged or of a kind that cannot be read.")) from error
    return folder / f"layer{chosen.suffix.lower()}"


def _require_harmless(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if name.startswith(("/", "\\")) or "\\" in name or ":" in name or "\x00" in name or ".." in PurePosixPath(name).parts:
        raise LayerRefused.because("path_in_archive", _("The archive holds a path that leads out of it."))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise LayerRefused.because("link_in_archive", _("The archive holds a link or a device."))
    if entry.flag_bits & 0x1:
        raise LayerRefused.because("encrypted_archive", _("The archive is protected by a password."))


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """Copy one entry, at most MAX_BYTES of it: the size in the archive's directory is what its maker says."""
    left = MAX_BYTES
    with archive.open(entry) as source, target.open("wb") as copy:
        while block := source.read(min(1 << 20, left + 1)):
            left -= len(block)
            _require_size(MAX_BYTES - left)
            copy.write(block)


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _require_size(size: int) -> None:
    if size > MAX_BYTES:
        raise LayerRefused.because("too_large", _("The file is larger than %(most)d MB.") % {"most": MAX_BYTES // (1024 * 1024)})


def too_many_vertices() -> LayerRefused:
    """What the readers raise where a file's size alone says that it has more than MAX_VERTICES."""
    return LayerRefused.because("too_many_vertices", _("The file has more than %(most)d vertices.") % {"most": MAX_VERTICES})
