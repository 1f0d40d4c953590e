"""One version of our pages is told from another, and no browser mixes files of two."""

from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

from mainstay.ui.version import page_version


def test_it_is_another_one_when_a_file_changed_or_was_renamed(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    first = page_version(tmp_path)
    assert page_version(tmp_path) == first
    (tmp_path / "a.js").write_text("2")
    second = page_version(tmp_path)
    (tmp_path / "a.js").rename(tmp_path / "b.js")
    assert len({first, second, page_version(tmp_path)}) == 3


def test_every_address_of_a_file_bears_it() -> None:
    assert static("ui/js/live.js") == f"/static/ui/js/live.js?v={settings.PAGE_VERSION}"


def test_a_behaviour_that_loads_another_one_takes_the_same_version() -> None:
    for path in (Path(settings.BASE_DIR) / "mainstay" / "ui" / "static").rglob("*.js"):
        text = path.read_text()
        assert "\nimport " not in text and not text.startswith("import "), f"{path.name}: import it with its version"
        for line in text.splitlines():
            if "import(" in line:
                assert "import.meta.url" in line or "dataset" in line or "data." in line, f"{path.name}: {line.strip()}"
