"""Makes PDF out of a document of ours and data, and PNG out of our own drawings; both see no network and no file but these."""

import json
import tempfile
from pathlib import Path
from typing import Any, Literal

import typst

PICTURE = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg", width: 570pt)
"""
DOTS_PER_INCH = 144


def pdf_of(document: Path, told: dict[str, Any]) -> bytes:
    """The document with this data, which is only ever data in it: no text of anybody is read as markup.

    The same document and data give the same bytes.
    """
    return _compiled(document.read_bytes(), "pdf", {"told": json.dumps(told, ensure_ascii=False)})


def png_of(svg: str) -> bytes:
    """The drawing on white, 1140 dots wide, for mail: its readers' programs show no SVG."""
    return _compiled(PICTURE, "png", {"svg": svg})


def _compiled(source: bytes, form: Literal["pdf", "png"], told: dict[str, str]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="mainstay-typst-") as empty:
        compiler = typst.Compiler(source, empty, sys_inputs=told, package_path=empty, package_cache_path=empty)
        made = compiler.compile(format=form, ppi=DOTS_PER_INCH, timestamp=0)
    assert isinstance(made, bytes)
    return made
