"""Translations are compiled while the package is built or installed: the repository keeps only their sources."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Translations(BuildHookInterface):
    """Each `*.po` below `mainstay/locale` gets its `*.mo` beside it, and the wheel takes them along."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in Path(self.root).glob("mainstay/locale/*/LC_MESSAGES/*.po"):
            with source.open("rb") as readable, source.with_suffix(".mo").open("wb") as writable:
                write_mo(writable, read_po(readable))
        build_data["artifacts"].append("mainstay/locale/**/*.mo")
