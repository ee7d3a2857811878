"""What the program says, and what the Chinese catalogues hold."""

import ast
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

from tests.architecture.project import CODE, ROOT, files

KEYWORDS = (
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "_",
    "ngettext:1,2",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "pgettext_lazy:1c,2",
)
# Refusals are raised with plain msgids, which the face translates: the class and the place of the text in its arguments.
REFUSALS = {"FieldError": 2, "one": 2, "NotThere": 0, "NotAllowed": 0, "Conflict": 0, "WrongState": 3, "Refusal": 0}


@dataclass(frozen=True)
class Message:
    context: str
    text: str
    """The msgid."""


@dataclass(frozen=True)
class Entry:
    message: Message
    plural: str
    translations: tuple[str, ...]
    fuzzy: bool


def read_catalogue(text: str) -> list[Entry]:
    """The entries of a .po file, without its header and without what is commented out."""
    entries = []
    for block in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        current = ""
        fuzzy = False
        for line in block.splitlines():
            if line.startswith("#,") and "fuzzy" in line:
                fuzzy = True
            elif line.startswith("#") or not line.strip():
                continue
            elif match := re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+(".*")$', line):
                current = match[1]
                fields[current] = ast.literal_eval(match[2])
            elif line.startswith('"'):
                fields[current] += ast.literal_eval(line)
        if fields.get("msgid"):
            translations = tuple(value for name, value in fields.items() if name.startswith("msgstr"))
            entries.append(
                Entry(Message(fields.get("msgctxt", ""), fields["msgid"]), fields.get("msgid_plural", ""), translations, fuzzy)
            )
    return entries


def refusals_said(source: str) -> Iterator[str]:
    """The texts of refusals in Python source: arguments of their constructors, and what their classes say by default."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else node.func.id
                if isinstance(node.func, ast.Name)
                else ""
            )
            if name in REFUSALS:
                given = [keyword.value for keyword in node.keywords if keyword.arg == "text"] + node.args[REFUSALS[name] :][:1]
                yield from (
                    value.value
                    for value in given
                    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value
                )
        elif isinstance(node, ast.ClassDef) and any(
            getattr(base, "id", getattr(base, "attr", "")) in REFUSALS for base in node.bases
        ):
            for line in node.body:
                if (
                    isinstance(line, ast.Assign)
                    and getattr(line.targets[0], "id", "") == "text"
                    and isinstance(line.value, ast.Constant)
                ):
                    yield str(line.value.value)


def said_in(sources: Iterable[Path]) -> set[Message]:
    """Every message that these files say: Python, and Django's templates."""
    said: set[Message] = set()
    with tempfile.TemporaryDirectory() as folder:
        listed = []
        for number, path in enumerate(sources):
            content = path.read_text()
            if path.suffix == ".py":
                said |= {Message("", text) for text in refusals_said(content)}
            else:
                content = templatize(content, origin=str(path))
            copy = Path(folder) / f"{number}.py"
            copy.write_text(content)
            listed.append(str(copy))
        if listed:
            extracted = subprocess.run(
                [
                    "xgettext",
                    "--language=Python",
                    "--from-code=UTF-8",
                    "--no-location",
                    "--output=-",
                    *[f"--keyword={word}" for word in KEYWORDS],
                    *listed,
                ],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            said |= {entry.message for entry in read_catalogue(extracted)}
    return said


def owners() -> dict[Path, list[Path]]:
    """The folder whose catalogue must hold what a file says, with these files: an app's own, else the one of server/."""
    owned: dict[Path, list[Path]] = {}
    for path in files():
        relative = path.relative_to(ROOT)
        if (
            relative.parts[0] not in CODE
            or "migrations" in relative.parts
            or "client" in relative.parts
            or "node_modules" in relative.parts
        ):
            continue
        if path.suffix not in {".py", ".html", ".txt"} or (path.suffix != ".py" and "templates" not in relative.parts):
            continue
        owner = path.parent
        while owner != ROOT and not (owner / "apps.py").exists():
            owner = owner.parent
        owned.setdefault(ROOT / "server" if owner == ROOT else owner, []).append(path)
    return owned


def catalogue_of(folder: Path) -> list[Entry]:
    file = folder / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    return read_catalogue(file.read_text()) if file.exists() else []


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}|%[sd]", text))
