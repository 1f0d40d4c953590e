"""Markdown as a plain text that reads well: the other form of a mail, and the only one where nothing else can be shown."""

from collections.abc import Iterator, Sequence

from markdown_it.tree import SyntaxTreeNode

from .markdown import is_own_picture, parsed

CELL_MAX = 40  # a column is not made wider for one long cell
AROUND = {"strong": ("*", "*"), "code_inline": ("`", "`"), "image": ("[", "]")}


def plain_of(text: str) -> str:
    """The words with their paragraphs, lists, quotations, tables and links, without the marks that only a program reads."""
    return "\n\n".join(_blocks(SyntaxTreeNode(parsed(text)).children))


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Iterator[str]:
    for node in nodes:
        if block := _block(node):
            yield block


def _block(node: SyntaxTreeNode) -> str:
    if node.type in ("paragraph", "heading"):
        return _words(node.children)
    if node.type in ("fence", "code_block"):
        return _indented(node.content.rstrip("\n"), "    ")
    if node.type == "blockquote":
        return _marked("\n\n".join(_blocks(node.children)), ">")
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node)
    if node.type == "table":
        return _table(node)
    return "* * *" if node.type == "hr" else node.content


def _list(node: SyntaxTreeNode) -> str:
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    items = []
    for number, item in enumerate(node.children):
        mark = "- " if start is None else f"{start + number}. "
        is_tight = all(child.hidden for child in item.children if child.type == "paragraph")
        inner = ("\n" if is_tight else "\n\n").join(_blocks(item.children))
        items.append(mark + _indented(inner, " " * len(mark)).lstrip())
    has_paragraphs = any("\n\n" in item for item in items)
    return ("\n\n" if has_paragraphs else "\n").join(items)


def _table(node: SyntaxTreeNode) -> str:
    """Its columns below one another, with a line under the head."""
    rows = [[_words(cell.children) for cell in row.children] for part in node.children for row in part.children]
    widths = [min(max(len(row[place]) for row in rows), CELL_MAX) for place in range(len(rows[0]))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-+-".join("-" * width for width in widths), *lines[1:]])


def _words(nodes: Sequence[SyntaxTreeNode]) -> str:
    return "".join(map(_word, nodes))


def _word(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.type == "link":
        return _link(_words(node.children), str(node.attrs.get("href", "")), is_mention=node.tag == "b")
    if node.type == "image" and not is_own_picture(source := str(node.attrs.get("src", ""))):
        return _link(_words(node.children) or source, source, is_mention=False)
    before, after = AROUND.get(node.type, ("", ""))
    return f"{before}{_words(node.children) if node.children else node.content}{after}"


def _link(words: str, address: str, *, is_mention: bool) -> str:
    if is_mention or words in (address, address.removeprefix("mailto:").removeprefix("tel:")):
        return words
    return f"{words} ({address.removeprefix('mailto:')})"


def _indented(text: str, blanks: str) -> str:
    return "\n".join(blanks + line if line else "" for line in text.splitlines())


def _marked(text: str, mark: str) -> str:
    return "\n".join(f"{mark} {line}".rstrip() for line in text.splitlines())
