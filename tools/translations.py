"""Translations without system programs: collect texts into the .po files, check that they are complete, compile them.

`python tools/translations.py update|check|compile`. Texts are taken from Python by Babel and from templates by Django's own
reading of them.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "mainstay" / "locale"
LANGUAGES = ["nl"]  # English is the language of the source
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "gettext_noop": None,
}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(gettext|_|ngettext|pgettext)\(\s*({_STRING})(?:\s*,\s*({_STRING}))?", re.S)

Text = str | tuple[str, str]


def main() -> int:
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command == "update":
        return _update()
    if command == "check":
        return _check()
    if command == "compile":
        return _compile()
    print("python tools/translations.py update|check|compile")
    return 2


def _update() -> int:
    """New texts are in the .po files, those that are gone are out; what was translated stays. Nothing is guessed."""
    for language in LANGUAGES:
        catalog = _read(language)
        catalog.update(_collected(), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with _po(language).open("wb") as file:
            write_po(file, catalog, width=120, no_location=False, include_lineno=False, sort_output=True)
        print(f"{language}: {len(catalog)} texts, {len(_missing(catalog))} without translation")
    return 0


def _check() -> int:
    """Every text is translated, and no place for a value was lost in translation."""
    faults = []
    wanted = {message.id: message for message in _collected() if message.id}
    for language in LANGUAGES:
        catalog = _read(language)
        there = {message.id for message in catalog if message.id}
        faults += [f"{language}: not collected (run update): {text!r}" for text in wanted.keys() - there]
        faults += [f"{language}: no longer used (run update): {text!r}" for text in there - wanted.keys()]
        faults += [f"{language}: not translated: {message.id!r}" for message in _missing(catalog)]
        for message in catalog:
            if message.id and message.string:
                faults += [f"{language}: {error} in {message.id!r}" for error in message.check(catalog)]
                faults += _lost_places(language, message.id, message.string)
    print("\n".join(faults) or "translations are complete")
    return 1 if faults else 0


def _lost_places(language: str, text: Text, string: Text) -> list[str]:
    """Named places such as %(number)s must be the same in the source and in each form of the translation.

    The form for one may leave its number out: “One attempt.”
    """
    singular = text if isinstance(text, str) else text[1]
    forms = [string] if isinstance(string, str) else list(string)
    places = set(re.findall(r"%\((\w+)\)[sd]", singular))
    found = [set(re.findall(r"%\((\w+)\)[sd]", form)) for form in forms]
    is_plural = not isinstance(text, str)
    return [
        f"{language}: places differ in {singular!r}"
        for number, (form, named) in enumerate(zip(forms, found, strict=True))
        if form and not (named <= places if is_plural and number == 0 else named == places)
    ]


def _compile() -> int:
    for language in LANGUAGES:
        target = _po(language).with_suffix(".mo")
        with target.open("wb") as file:
            write_mo(file, _read(language))
    return 0


def _missing(catalog: Catalog) -> list[object]:
    missing = []
    for message in catalog:
        strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            missing.append(message)
    return missing


def _collected() -> Catalog:
    catalog = Catalog(project="Mainstay", charset="utf-8")
    for path in sorted([*ROOT.glob("mainstay/**/*.py"), *ROOT.glob("config/**/*.py")]):
        with path.open("rb") as file:
            for line, function, text, _comments in extract_python(file, list(KEYWORDS), [], {"encoding": "utf-8"}):
                _add(catalog, function, text, path, line)
    for path in sorted(ROOT.glob("mainstay/**/templates/**/*")):
        if path.is_file():
            for text in _in_template(path):
                catalog.add(text, locations=[(str(path.relative_to(ROOT)), 0)])
    return catalog


def _add(catalog: Catalog, function: str, text: object, path: Path, line: int) -> None:
    values = list(text) if isinstance(text, (tuple, list)) else [text]
    where = [(str(path.relative_to(ROOT)), line)]
    if function.startswith("pgettext"):
        if values[1]:
            catalog.add(values[1], context=values[0], locations=where)
    elif function.startswith("ngettext"):
        if values[0] and values[1]:
            catalog.add((values[0], values[1]), locations=where)
    elif values[0]:
        catalog.add(values[0], locations=where)


def _in_template(path: Path) -> Iterator[Text]:
    if not settings.configured:
        settings.configure(USE_I18N=True)
    for function, first, second in _CALL.findall(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        text = ast.literal_eval(first)
        if function == "ngettext":
            yield (text, ast.literal_eval(second))
        elif text:
            yield text


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _read(language: str) -> Catalog:
    path = _po(language)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return Catalog(locale=language, project="Mainstay", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


if __name__ == "__main__":
    raise SystemExit(main())
