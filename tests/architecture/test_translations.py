"""Officials read Chinese: whatever the program says, it says in Chinese too."""

from pathlib import Path

from tests.architecture.catalogues import Message, catalogue_of, owners, placeholders, read_catalogue, said_in
from tests.architecture.project import ROOT


def test_everything_that_is_said_has_its_chinese() -> None:
    shared = {entry.message for entry in catalogue_of(ROOT / "server") if all(entry.translations) and not entry.fuzzy}
    missing = []
    for folder, sources in owners().items():
        translated = shared | {entry.message for entry in catalogue_of(folder) if all(entry.translations) and not entry.fuzzy}
        missing += [
            f"{folder.relative_to(ROOT)}: {message.text!r}"
            for message in sorted(said_in(sources), key=lambda message: message.text)
            if message not in translated
        ]
    assert not missing, f"{len(missing)} without Chinese:\n" + "\n".join(missing)


def test_no_translation_loses_or_invents_a_placeholder() -> None:
    wrong = [
        f"{folder.relative_to(ROOT)}: {entry.message.text!r} → {translation!r}"
        for folder in {*owners(), ROOT / "server"}
        for entry in catalogue_of(folder)
        for translation in entry.translations
        if translation and placeholders(translation) not in (placeholders(entry.message.text), placeholders(entry.plural))
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_said_is_found_in_code_refusals_and_templates(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "from django.utils.translation import gettext as _\n"
        '_("One " "text")\n'
        'class Gone(Refusal):\n    text = "It is gone."\n'
        'raise Invalid.one("title", "blank", "A title is needed.")\n'
        'FieldError("a", "b", text="Named by its keyword.")\n'
    )
    (tmp_path / "a.html").write_text(
        "{% load i18n %}{% translate 'In a template' %}{% blocktranslate trimmed %}\n In a\n block\n{% endblocktranslate %}"
    )
    assert said_in(sorted(tmp_path.iterdir())) == {
        Message("", text)
        for text in ("One text", "It is gone.", "A title is needed.", "Named by its keyword.", "In a template", "In a block")
    }


def test_fuzzy_empty_and_commented_entries_are_told_apart() -> None:
    entries = read_catalogue(
        'msgid ""\nmsgstr "Content-Type: text/plain"\n\n#, fuzzy\nmsgid "a"\nmsgstr "甲"\n\nmsgid "b"\nmsgstr ""\n\n'
        '#~ msgid "old"\n#~ msgstr "旧"\n\nmsgctxt "x"\nmsgid ""\n"long "\n"one"\nmsgstr "长"\n'
    )
    assert [(entry.message, entry.fuzzy, all(entry.translations)) for entry in entries] == [
        (Message("", "a"), True, True),
        (Message("", "b"), False, False),
        (Message("x", "long one"), False, True),
    ]
