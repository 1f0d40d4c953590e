"""The same HTML with no more open at once than a person can mean, so that no clipboard can keep a page waiting."""

from html import escape

from lxml import etree

OPEN_MAX = 40
ALIKE_MAX = 8  # of one kind of tag within itself: bold in bold in bold
TAGS_MAX = 60_000
VALUE_MAX = 2_000
WITHOUT_END = {"br", "hr", "img", "meta", "col", "input", "link"}
KEPT_ATTRIBUTES = {"href", "alt", "style", "class", "colspan", "rowspan", "start"}


def bounded(html: str) -> str:
    """Every word, in tags that are balanced; what lies deeper loses its tags. Time in proportion to the length."""
    writer = _Writer()
    parser = etree.HTMLParser(target=writer, recover=True, huge_tree=True, no_network=True, encoding="utf-8")
    try:
        parser.feed(html.encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:
        pass  # an empty document; what was read until then counts
    return writer.html()


class _Writer:
    """Receives the parser's events and writes tags; comments go."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.open: list[str] = []  # the tags that were written, and an empty word for each that was not
        self.beyond = 0  # tags deeper than the bound that were opened and not closed yet
        self.written = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        is_bearable = (
            self.written < TAGS_MAX and len(self.open) < OPEN_MAX and self.open.count(tag) < ALIKE_MAX and tag.isascii()
        )
        if tag in WITHOUT_END:
            if is_bearable:
                self._write(tag, attributes)
        elif len(self.open) < OPEN_MAX:
            self.open.append(tag if is_bearable else "")
            if is_bearable:
                self._write(tag, attributes)
        else:
            self.beyond += 1

    def _write(self, tag: str, attributes: dict[str, str]) -> None:
        kept = {name: value or "" for name, value in attributes.items() if name in KEPT_ATTRIBUTES}
        given = "".join(f' {name}="{escape(value[:VALUE_MAX])}"' for name, value in kept.items())
        self.pieces.append(f"<{tag}{given}>")
        self.written += 1

    def end(self, tag: str) -> None:
        if tag in WITHOUT_END:
            return
        if self.beyond:
            self.beyond -= 1
        elif self.open and (last := self.open.pop()):
            self.pieces.append(f"</{last}>")

    def data(self, text: str) -> None:
        self.pieces.append(escape(text, quote=False))

    def comment(self, text: str) -> None:
        pass

    def close(self) -> None:
        while self.open:
            if last := self.open.pop():
                self.pieces.append(f"</{last}>")

    def html(self) -> str:
        self.close()
        return "".join(self.pieces)
