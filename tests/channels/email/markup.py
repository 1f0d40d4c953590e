"""An oracle for foreign HTML: what may never be left of it."""

import re

from mainstay.channels.email.html_clean import clean_html

TAG = re.compile(r"<\s*/?\s*([a-zA-Z][^\s>/]*)([^>]*)>")
ACTIVE = re.compile(r"(?i)\son\w+\s*=|javascript:|vbscript:|data:|style\s*=|srcset|background\s*=|formaction|xlink")
FORBIDDEN = re.compile(
    r"script|style|iframe|object|embed|applet|svg|math|form|input|button|textarea|select|base|link|meta|video|audio|source|frame"
    r"|frameset|template|title|html|body|head|xml|marquee|layer|bgsound|isindex|noscript|plaintext|xmp|image|animate|set"
)


def check_harmless(html: str) -> None:
    cleaned = clean_html(html)
    for name, attributes in TAG.findall(cleaned):
        assert not FORBIDDEN.fullmatch(name.lower()), name
        assert name.isalnum(), name
        assert not ACTIVE.search(re.sub(r'(?:title|alt|href)="[^"]*"', "", attributes)), attributes
        for address in re.findall(r'href="([^"]*)"', attributes):
            assert address.strip().lower().startswith(("http://", "https://", "mailto:", "tel:")), address
        for address in re.findall(r'src="([^"]*)"', attributes):
            assert address.lower().startswith("cid:"), address
    assert clean_html(cleaned) == cleaned
