"""Invents the mail of a support desk: the same letters for the same seed, every word and byte of them made here."""

import base64
import quopri
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime

SUPPORT = "support@intercom.example"
ATTACHED_EVERY, ATTACHED_BYTES = 20, 200_000
REPLY_SHARE, PLAIN_SHARE, HTML_ONLY_SHARE = 0.30, 0.40, 0.08
START = datetime(2026, 3, 2, 8, tzinfo=UTC)

PEOPLE = (
    ("Anna Berg", "anna@berg-sicherheit.example"),
    ("Jörg Köhler", "j.koehler@tuertechnik.example"),
    ("Marie Dupré", "marie.dupre@portes-net.example"),
    ("Piet de Vries", "piet@slotenhuis.example"),
    ("Łukasz Zając", "lukasz@domofony.example"),
    ("Irina Orlova", "orlova@vhod.example"),
    ("Sam O'Neil", "sam.oneil@frontdoor.example"),
    ("Lucía Martín", "lucia@porteros.example"),
)
SUBJECTS = (
    "Indoor panel stays silent", "Second relay does not open", "Firmware 3.2 and the camera", "Which power supply for 40 m?",
    "Türstation klingelt nicht", "Geen beeld op de monitor", "Badge reader forgets cards", "SIP account keeps registering",
    "Pas d'image depuis la mise à jour", "Warranty for two door stations", "App does not ring at night", "Wiring for nine flats",
)  # fmt: skip
SENTENCES = (
    "Since the update last week the indoor panel no longer rings when somebody presses the button.",
    "The door opens from the app, but not from the panel on the second floor.",
    "We measured 11.8 volts at the terminal block while the lock was pulling.",
    "The serial numbers are on the picture that I took this morning.",
    "Nothing else was changed in the cabinet, and the cable is the one you recommended.",
    "The customer has forty flats and a lift; he calls us every day about it.",
    "Could you tell us which setting decides how long the relay stays closed?",
    "We already tried another power supply and a reset to the factory settings.",
    "Die Kamera zeigt nachts nur ein graues Bild, am Tag ist alles in Ordnung.",
    "Wir haben die Verkabelung zweimal geprüft; auch der Abschlusswiderstand sitzt richtig.",
    "Na het inschakelen knippert het groene lampje drie keer en dan gebeurt er niets meer.",
    "L'écran reste noir après la mise à jour, mais le son passe toujours.",
    "El segundo relé no responde cuando se usa la tarjeta de la cerradura.",
    "Please have a look at https://wiki.frontdoor.example/notes/relay-2?lang=en before you call.",
    "The log shows a time-out every ninety seconds, always with the same code 408.",
    "If it helps, we can give you access to the device on Thursday between nine and eleven.",
)
GREETINGS = ("Hello,", "Dear support team,", "Hallo,", "Bonjour,", "Good morning,", "Guten Tag,")
CLOSINGS = ("Kind regards", "Best regards", "Mit freundlichen Grüßen", "Met vriendelijke groet", "Cordialement")
STYLE = "\n".join(
    f"p.Letter{n}, li.Letter{n}, div.Letter{n} {{margin:0cm; font-size:{10 + n % 3}.0pt; font-family:'Sans',sans-serif;}}"
    for n in range(40)
)


def letters(number: int = 1_000, *, seed: int = 1, senders: Sequence[str] = ()) -> Iterator[bytes]:
    """So many mails to the desk: four in ten plain, the others with HTML, three in ten answers with the old mail below.

    Every twentieth carries a file of 200,000 bytes. `senders` are the addresses that write, where they matter.
    """
    chance = random.Random(seed)
    for place in range(number):
        yield _letter(chance, place, senders)


def heavy_letter(*, seed: int = 1, content_bytes: int = 1_000_000) -> bytes:
    """One mail of about 1.4 MB: words, HTML, and a file of so many bytes in base64."""
    chance = random.Random(seed)
    name, address = PEOPLE[0]
    text, html = _bodies(chance, name, "", "")
    body = _mixed(_alternative(text, html), chance.randbytes(content_bytes))
    return _head(name, address, "Pictures of the cabinet", 0, "") + body


def _letter(chance: random.Random, place: int, senders: Sequence[str]) -> bytes:
    name, address = chance.choice(PEOPLE)
    if senders:
        address = senders[place % len(senders)]
    is_reply, kind = chance.random() < REPLY_SHARE, chance.random()
    subject = chance.choice(SUBJECTS)
    old = _paragraphs(chance, 3) if is_reply else ""
    text, html = _bodies(chance, name, old, chance.choice(("gmail", "outlook", "apple")) if is_reply else "")
    if kind < PLAIN_SHARE:
        body = _part("text/plain", text)
    elif kind < PLAIN_SHARE + HTML_ONLY_SHARE:
        body = _part("text/html", html)
    else:
        body = _alternative(text, html)
    if place % ATTACHED_EVERY == ATTACHED_EVERY - 1:
        body = _mixed(body, chance.randbytes(ATTACHED_BYTES))
    old_id = f"<{chance.getrandbits(100):x}.m@intercom.example>" if is_reply else ""
    return _head(name, address, f"Re: {subject} [#{1000 + place}]" if is_reply else subject, place, old_id) + body


def _head(name: str, address: str, subject: str, place: int, old_id: str) -> bytes:
    host = address.rpartition("@")[2]
    at = format_datetime(START + timedelta(minutes=7 * place))
    shown = name if name.isascii() else str(Header(name, "utf-8"))
    hops = "".join(
        f"Received: from relay{hop}.{host} (relay{hop}.{host} [192.0.2.{hop}])\r\n\tby mx{hop}.intercom.example with ESMTPS id "
        f"{place:08x}{hop}\r\n\tfor <{SUPPORT}>; {at}\r\n"
        for hop in range(1, 5)
    )
    signature = base64.b64encode(f"{place}{address}".encode() * 12).decode()[:340]
    lines = [
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={host}; s=mail;\r\n\th=from:to:subject:date; b={signature}",
        f"Authentication-Results: mx.intercom.example;\r\n\tdkim=pass header.d={host};\r\n\tspf=pass smtp.mailfrom={address};"
        f"\r\n\tdmarc=pass (p=reject) header.from={host}",
        f"From: {shown} <{address}>",
        f"To: Support <{SUPPORT}>",
        f"Subject: {subject if subject.isascii() else Header(subject, 'utf-8')}",
        f"Date: {at}",
        f"Message-ID: <{place}.{abs(hash((place, 7))):x}@{host}>",
        *([f"In-Reply-To: {old_id}", f"References: {old_id}"] if old_id else []),
        "MIME-Version: 1.0",
    ]
    return (hops + "\r\n".join(lines) + "\r\n").encode()


def _bodies(chance: random.Random, name: str, old: str, style: str) -> tuple[str, str]:
    greeting, closing = chance.choice(GREETINGS), chance.choice(CLOSINGS)
    words = _paragraphs(chance, chance.randint(1, 5))
    sign = f"-- \n{name}\nTechnical service\nTelephone 0123 456{chance.randint(100, 999)}"
    text = f"{greeting}\n\n{words}\n\n{closing}\n{name}\n\n{sign}\n"
    html = (
        f"<p class=Letter1>{greeting}</p>{_html(words)}<p class=Letter2>{closing}<br>{name}</p>{_html_signature(name)}"
    )
    if style:
        quote_text, quote_html = _quote(old, style)
        text, html = f"{text}\n{quote_text}\n", html + quote_html
    head = f"<head><meta charset=utf-8><style><!--\n{STYLE}\n--></style></head>"
    page = f"<html>{head}<body lang=EN><div class=Page>{html}</div></body></html>"
    return text, page


def _quote(old: str, style: str) -> tuple[str, str]:
    quoted = "\n".join(f"> {line}".rstrip() for line in old.split("\n"))
    if style == "outlook":
        block = (
            f"From: Support <{SUPPORT}>\nSent: Monday, March 2, 2026 09:12\nTo: Customer\nSubject: RE: your question\n"
        )
        rows = "<br>".join(
            f"<b>{line.partition(':')[0]}:</b>{line.partition(':')[2]}" for line in block.split("\n") if line
        )
        rows = rows.replace(f"<{SUPPORT}>", f"&lt;{SUPPORT}&gt;")
        return (
            f"________________________________\n{block}\n{old}",
            f"<div style='border-top:solid 1pt'>{rows}</div>{_html(old)}",
        )
    intro = f"On Mon, 2 Mar 2026 at 09:12, Support <{SUPPORT}> wrote:"
    if style == "apple":
        quoted = f"> {intro}\n> \n{quoted}"
        shown = f"<div>{intro.replace('<', '&lt;')}</div>"
        return quoted, f"<blockquote type=cite>{shown}{_html(old)}</blockquote>"
    shown = intro.replace("<", "&lt;").replace(">", "&gt;")
    return (
        f"{intro}\n\n{quoted}",
        f"<div class=quote>{shown}<br><blockquote style='margin:0'>{_html(old)}</blockquote></div>",
    )


def _paragraphs(chance: random.Random, number: int) -> str:
    return "\n\n".join("\n".join(chance.choices(SENTENCES, k=chance.randint(2, 5))) for _ in range(number))


def _html(words: str) -> str:
    rows = "".join(
        f"<p class=Letter3 style='margin-bottom:8pt'><span lang=EN style='color:#1f497d'>{line}</span></p>\n"
        if line
        else "<p>&nbsp;</p>"
        for line in words.split("\n")
    )
    return f"<div>{rows}</div>"


def _html_signature(name: str) -> str:
    cells = "".join(
        f"<tr><td style='padding:2pt' valign=top><b>{label}</b></td><td><a href='https://www.frontdoor.example/{number}'>{value}</a></td></tr>"
        for number, (label, value) in enumerate(
            (("Name", name), ("Office", "Harbour street 4"), ("Telephone", "0123 456789"))
        )
    )
    return f"<table border=0 cellspacing=0>{cells}</table><img src='https://www.frontdoor.example/logo.png' width=120 alt=Logo>"


def _part(content_type: str, text: str) -> bytes:
    content = text.replace("\n", "\r\n").encode()
    if content.isascii() and max(map(len, content.split(b"\r\n"))) < 900:
        encoding, body = "7bit", content
    else:
        encoding, body = (
            "quoted-printable",
            quopri.encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n"),
        )
    return (
        f"Content-Type: {content_type}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body
    )


def _alternative(text: str, html: str) -> bytes:
    return _together("alternative", _part("text/plain", text), _part("text/html", html))


def _mixed(body: bytes, content: bytes) -> bytes:
    lines = base64.encodebytes(content).replace(b"\n", b"\r\n")
    head = b'Content-Type: image/jpeg; name="cabinet.jpg"\r\nContent-Transfer-Encoding: base64\r\n'
    head += b'Content-Disposition: attachment; filename="cabinet.jpg"\r\n\r\n'
    return _together("mixed", body, head + lines)


def _together(kind: str, *parts: bytes) -> bytes:
    boundary = f"=_part_{kind}_7f3a"
    opening = f"--{boundary}\r\n".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(opening + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
