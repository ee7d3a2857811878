"""Every action and object that any room writes into the record has its Chinese name on the auditor's page."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from server.evidence import devices
from server.portal import words
from server.records.sealing import seal_now
from server.regulation.lifecycle import Action
from tests.architecture.project import python_files
from tests.evidence.signing import SigningPhone
from tests.portal.conftest import SignedIn
from tests.world import T0, World

KINDS_OF_SUBMISSIONS = {"report", "visit", "photo", "discarded"}


class Untold(AssertionError):
    """An entry whose action cannot be told from the source."""


def appends(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls of `append` with keywords, as the record's are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "append":
            yield node


def constants(value: ast.expr, tree: ast.AST, path: Path) -> Iterator[str]:
    """What an argument can be: a text, a verb of the life cycle, or what the callers of the function around it give."""
    match value:
        case ast.Constant(value=str() as text):
            yield text
        case ast.Attribute(value=ast.Name(id="Action"), attr=name):
            yield Action[name].value
        case ast.Attribute(value=ast.Name(id="self"), attr="action"):
            yield from (action.value for action in Action)
        case ast.Name(id=name):
            yield from handed_on(name, value, tree, path)
        case ast.IfExp(body=one, orelse=other):
            yield from constants(one, tree, path)
            yield from constants(other, tree, path)
        case _:
            raise Untold(f"{path}: {ast.unparse(value)}")


def handed_on(name: str, value: ast.expr, tree: ast.AST, path: Path) -> Iterator[str]:
    """What the callers of the function around it give for its argument of this name."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and any(inner is value for inner in ast.walk(n))]
    named = [argument.arg for argument in functions[0].args.args] if functions else []
    if name not in named:
        raise Untold(f"{path}: {name}")
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == functions[0].name:
            given = [k.value for k in call.keywords if k.arg == name] or [call.args[named.index(name)]]
            yield from constants(given[0], tree, path)


def told(keyword: str) -> dict[str, set[str]]:
    """Each value of a keyword of `append` in the program, with the files that say it."""
    found: dict[str, set[str]] = {}
    for path in python_files():
        if "migrations" in path.parts or "append(" not in path.read_text():
            continue
        tree = ast.parse(path.read_text())
        for call in appends(tree):
            for given in call.keywords:
                if given.arg == keyword:
                    for text in constants(given.value, tree, path):
                        found.setdefault(text, set()).add(path.name)
    return found


def in_chinese(names: object, code: str) -> str:
    with translation.override("zh-hans"):
        return words.word(names, code)  # type: ignore[arg-type]  # one of the tables of words


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text) and not any("a" <= c <= "z" for c in text.lower())


def test_every_action_of_the_record_has_a_chinese_name() -> None:
    actions = told("action")
    assert {"enrol_device", "revoke_device", "set_aside", "settle_set_aside", "load_phone", "visit", "report"} <= set(actions)
    missing = {code: files for code, files in actions.items() if not is_chinese(in_chinese(words.ENTRY_NAMES, code))}
    assert not missing


def test_every_object_of_the_record_has_a_chinese_name() -> None:
    objects: set[str] = set(KINDS_OF_SUBMISSIONS)
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "object_type" and isinstance(node.value, ast.Constant):
                objects.add(str(node.value.value))
    assert {"device", "archive", "inspection", "closure"} <= objects
    assert not {code for code in objects if not is_chinese(in_chinese(words.OBJECT_NAMES, code))}


def test_a_name_that_nobody_gave_is_found(tmp_path: Path) -> None:
    """The search itself: an action as a text, by a helper's argument, by its keyword; and one that cannot be told."""
    source = (
        "def _record(action, row, at):\n    append(action=action, at=at)\n"
        "def enrol():\n    _record('first', 1, at=2)\n    _record(row=1, action='second', at=3)\n"
        "append(action='third')\nthings.append(4)\n"
    )
    tree = ast.parse(source)
    given = [keyword.value for call in appends(tree) for keyword in call.keywords if keyword.arg == "action"]
    assert {text for value in given for text in constants(value, tree, tmp_path)} == {"first", "second", "third"}
    wild = ast.parse("append(action=names[0])")
    with pytest.raises(Untold):
        list(constants(next(appends(wild)).keywords[0].value, wild, tmp_path))


@pytest.mark.django_db
def test_the_auditor_reads_a_phones_enrolment_in_chinese(world: World, signed_in: SignedIn) -> None:
    device = devices.enrol("华为", SigningPhone().jwk, by=world.inspector, at=T0)[0]
    devices.revoke(device.pk, by=world.inspector, at=T0)
    seal_now()
    text = signed_in("auditor").get("/record/").content.decode()
    rows = text.split("<tbody>")[1].split("</tr>")[:2]
    assert [("手机停用" in row, "手机登记" in row, f"手机 {str(device.pk)[:8]}" in row) for row in rows] == [
        (True, False, True),
        (False, True, True),
    ]
    assert "enrol_device" not in text


@pytest.mark.parametrize(
    ("room", "passed"),
    [
        ("portal", "转公开 吊销 搁置 标点移动"),
        ("notices", "已公开 待公开"),
        ("inspections", "已公开 标点移动"),
        ("evidence", "吊销 注销"),
    ],
)
def test_one_thing_has_one_name_in_every_room(room: str, passed: str) -> None:
    """公开 is publication alone: an unannounced inspection 解除保密; a phone is 停用; what waits for the office is 待核查."""
    catalogue = Path(settings.BASE_DIR, "server", room, "locale", "zh_Hans", "LC_MESSAGES", "django.po").read_text("utf-8")
    assert [word for word in passed.split() if word in catalogue] == []


def test_an_empty_file_says_what_to_do() -> None:
    with translation.override("zh-hans"):
        assert gettext("The file is empty.") == "文件是空的，请重新保存后再上传。"
        assert gettext("Acceptance %(days)s working days late") == "验收超期 %(days)s 个工作日"
