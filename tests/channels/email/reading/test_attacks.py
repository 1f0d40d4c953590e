"""What has been done to other desks through their mail, and what the reader makes of it; rows as numbered in the contract."""

import base64

import pytest

from mainstay.channels.email import limits
from mainstay.channels.email.addresses import canonical_address
from mainstay.channels.email.html_clean import clean_html
from mainstay.channels.email.reading import ParsedMail, UnreadableMail, read_mail
from mainstay.channels.email.reading.authentication import verdict_of
from tests.channels.email.markup import check_harmless
from tests.effort import with_effort

FROM = b"From: Bob <bob@partner.example>\r\n"


def read(headers: bytes = b"", body: bytes = b"Hello") -> ParsedMail:
    return read_mail(FROM + headers + b"\r\n" + body)


def parts(*given: bytes, kind: bytes = b"mixed", headers: bytes = b"") -> ParsedMail:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in given)
    return read(headers + b"Content-Type: multipart/" + kind + b"; boundary=b\r\n", body + b"--b--")


def html(markup: str) -> str:
    return clean_html(read(b"Content-Type: text/html; charset=utf-8\r\n", markup.encode()).body_html)


def is_refused(raw: bytes) -> bool:
    try:
        read_mail(raw)
    except UnreadableMail:
        return True
    return False


def is_refused_at_once(raw: bytes) -> bool:
    return with_effort(1, lambda: is_refused(raw))


@pytest.mark.parametrize(
    ("sender", "warning"),
    [
        (b'"Support <ceo@desk.example>" <evil@x.example>', "claims_other_address"),
        (b"=?utf-8?b?" + base64.b64encode("Аnna".encode()) + b"?= <a@x.example>", "mixed_scripts"),
        ("\u202emoc.elpmaxe <a@x.example>".encode(), "invisible"),
    ],
)
def test_row_9_look_alike_names_are_told_and_the_address_stands_by_itself(sender: bytes, warning: str) -> None:
    parsed = read_mail(b"From: " + sender + b"\r\n\r\nHello")
    assert parsed.sender_warning == warning
    assert parsed.from_address.endswith("@x.example")


@pytest.mark.parametrize(
    "sender",
    [
        b"From: alice@ours.example<bob@evil.example>",
        b"From: alice@ours.example, bob@evil.example",
        b"From: alice@ours.example\r\nFrom: bob@evil.example",
        b"From: <alice@ours.example> <bob@evil.example>",
        b"From: Group: alice@ours.example;",
        b"From: alice@ours.example bob@evil.example",
        b'From: "alice@ours.example" "x"@evil.example',
    ],
)
def test_row_10_a_sender_who_can_be_read_in_two_ways_is_nobody(sender: bytes) -> None:
    parsed = read_mail(sender + b"\r\n\r\nHello")
    assert parsed.from_ambiguous
    assert not parsed.may_auto_reply


def test_row_10_a_quoted_local_part_is_not_its_contents() -> None:
    parsed = read_mail(b'From: "alice@ours.example"@evil.example\r\n\r\nHello')
    assert parsed.from_address != "alice@ours.example"


@pytest.mark.parametrize(
    "other",
    [
        "mıke@x.example",
        "MİKE@x.example",
        "ｍike@x.example",
        "mike@ẋ.example",
        "mike+a@x.example",
        "mike@x.example.evil",
    ],
)
def test_row_11_folding_case_never_makes_two_people_one(other: str) -> None:
    parsed = read_mail(f"From: {other}\r\n\r\nHello".encode())
    assert parsed.from_address != canonical_address("mike@x.example")
    assert read_mail(b"From: Mike@X.Example.\r\n\r\nHello").from_address == "mike@x.example"


def test_row_13_only_from_says_who_wrote() -> None:
    parsed = read(
        b"Reply-To: evil@x.example\r\nSender: list@y.example\r\nX-Original-From: ceo@desk.example\r\nResent-From: z@z.example\r\n"
    )
    assert parsed.from_address == "bob@partner.example"
    assert [to.address for to in parsed.reply_to] == ["evil@x.example"]


def test_row_16_commands_in_a_mail_are_only_words() -> None:
    orders = b"X-Desk-Priority: 1\r\nX-Zammad-Ticket-Owner: 3\r\nStatus: closed\r\nX-RT-Encrypt: yes\r\nX-Mainstay-Token: a\r\n"
    plain, ordered = read(body=b"#set owner 3\r\nStatus: closed"), read(orders, b"#set owner 3\r\nStatus: closed")
    assert ordered == plain
    assert ordered.body_text == "#set owner 3\nStatus: closed"


@pytest.mark.parametrize(
    "label",
    [
        "X-UNKNOWN",
        "utf-7",
        "idna",
        "unicode_escape",
        "rot13",
        "zip",
        "=?",
        "x" * 500,
        "\x00",
        "cp65001",
        "",
    ],
)
def test_row_17_a_lying_charset_costs_no_letter(label: str) -> None:
    parsed = read(
        f"Content-Type: text/plain; charset={label}\r\nSubject: =?{label}?q?Caf=C3=A9?=\r\n".encode(),
        "Café +ADw-".encode(),
    )
    assert parsed.body_text == "Café +ADw-"


def test_row_18_header_names_are_only_data() -> None:
    names = (b"Parse", b"__class__", b"__init__", b"get", b"fields", b"body_text", b"kind", b"from_address")
    assert read(b"".join(name + b": x\r\n" for name in names)) == read()


@pytest.mark.parametrize(
    "raw",
    [
        b"To: " + b"a@b.example, " * 80_000 + b"\r\n\r\nHello",
        b"X: y\r\n" * 100_000 + b"\r\nHello",
        b"Subject: " + b"x\r\n " * 300_000 + b"\r\n\r\nHello",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + b"X: y\r\n" * 1_001 + b"\r\n--b--",
    ],
)
def test_row_19_too_many_headers_are_refused_at_once(raw: bytes) -> None:
    assert is_refused_at_once(raw)


def test_row_19_ten_thousand_parameters_take_no_time() -> None:
    value = b"text/plain; " + b"; ".join(b"a%d=b" % number for number in range(10_000))
    assert with_effort(1, lambda: read(b"Content-Type: " + value + b"\r\n")).body_text == "Hello"


def nested(depth: int) -> bytes:
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(depth)
    )
    return FROM + opening + b"\r\nHello"


def test_row_20_depth_and_number_of_parts_are_bounded() -> None:
    assert is_refused_at_once(nested(1_000))
    assert is_refused_at_once(nested(limits.MIME_MAX_DEPTH + 1))
    assert read_mail(nested(limits.MIME_MAX_DEPTH)).body_text == "Hello"
    many = FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000
    assert is_refused_at_once(many)


def test_row_20_a_flood_of_base64_is_refused_by_size() -> None:
    assert is_refused_at_once(FROM + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"A" * limits.MAIL_MAX_BYTES)


@pytest.mark.parametrize(
    "piece",
    [b">", b"> ", b"On 1 May 2026 wrote:\n", b"(((", b"http://", b"http://a.example/(", b"t.", b"[#1", b"From: a\nTo: b\n", b"Message-ID: <a@b>\n"],
)  # fmt: skip
@pytest.mark.parametrize("kind", [b"plain", b"html"])
def test_row_21_a_megabyte_of_marks_takes_no_time(piece: bytes, kind: bytes) -> None:
    headers, body = b"Content-Type: text/" + kind + b"\r\n", piece * (1_000_000 // len(piece))
    with_effort(3, lambda: clean_html(read(headers, body).body_html))


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: message/delivery-status\r\n\r\n" + b"Final-Recipient: rfc822;a@b.example\r\nDiagnostic-Code: user\r\n\r\n" * 900,
        b"Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/report; boundary=c\r\n\r\n"
        + b"--c\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n" * 400,
        b"Content-Type: text/rfc822-headers\r\n\r\n" + b"X: y\r\n" * 9_000,
        b"\r\n" + b"<a@b.example>: 550 user unknown\r\nMessage-ID: <a@b>\r\n" * 1_000,
    ],
)  # fmt: skip
def test_row_21_a_report_as_large_as_may_be_takes_no_time(part: bytes) -> None:
    raw = b"From: mailer-daemon@x.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
    raw += (
        b"--b\r\n" + part + b"\r\n"
    ) * 450 + b"--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n--b--"
    assert with_effort(2, lambda: read_mail(raw)).kind == "bounce"


def test_row_22_an_archive_is_kept_as_it_is() -> None:
    bomb = b"PK\x03\x04" + bytes(100)
    parsed = parts(
        b"Content-Type: application/zip; name=42.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(bomb)
    )
    (file,) = parsed.attachments
    assert (file.content, file.filename) == (bomb, "42.zip")


def test_row_23_nul_bytes_are_gone_from_every_text_and_stay_in_files() -> None:
    parsed = parts(
        b"Content-Type: text/html\r\n\r\n<p>a\x00b</p>",
        b'Content-Disposition: attachment; filename="c\x00d"\r\nContent-ID: <e\x00f>\r\n\r\nz\x00',
        headers=b"Subject: =?utf-8?q?a=00b?=\r\nMessage-ID: <a\x00@b>\r\nReferences: <c\x00@d>\r\nAuthentication-Results: x\x00; none\r\n",
    )
    (file,) = parsed.attachments
    texts = [
        parsed.subject,
        parsed.message_id,
        *parsed.references,
        *parsed.authentication_results,
        parsed.body_text,
        parsed.body_html,
    ]
    assert not any("\x00" in text for text in [*texts, file.filename, file.content_id])
    assert file.content == b"z\x00"


def test_row_24_two_mails_with_one_message_id_are_two() -> None:
    one, two = read(b"Message-ID: <same@x>\r\n", b"one"), read(b"Message-ID: <same@x>\r\n", b"two")
    assert one.message_id == two.message_id
    assert (one.body_text, two.body_text) == ("one", "two")


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\r\n\r\nHello", b"Message-ID: <>\r\nDate: \r\nFrom: \r\n\r\n", b"Date: Tomorrow\r\n\r\n"]
)
def test_row_25_what_is_missing_has_its_stated_default(raw: bytes) -> None:
    parsed = read_mail(raw)
    assert (parsed.message_id, parsed.date, parsed.from_address, parsed.may_auto_reply) == ("", None, "", False)


def test_row_26_over_long_values_are_shortened() -> None:
    parsed = read_mail(
        b"From: " + b"N" * 5_000 + b" <" + b"a" * 500 + b"@x.example>\r\nSubject: " + b"S" * 10_000 + b"\r\nMessage-ID: <"
        + b"m" * 2_000 + b">\r\n\r\nHello"
    )  # fmt: skip
    assert len(parsed.subject) == limits.SUBJECT_SHOWN_CHARACTERS
    assert len(parsed.from_name) <= limits.NAME_SHOWN_CHARACTERS
    assert (parsed.from_address, parsed.message_id) == ("", "")


@pytest.mark.parametrize(
    "sender", [b"=?x-none?q?J=F6rg?= <j@x.example>", b"J\xf6rg <j@x.example>", b"=?utf-8?b?SsO2cmc?= <j@x.example>"]
)
def test_row_27_however_a_name_is_written_the_sender_is_the_same(sender: bytes) -> None:
    parsed = read_mail(b"From: " + sender + b"\r\n\r\nHello")
    assert (parsed.from_address, parsed.from_name) == ("j@x.example", "Jörg")


def test_row_28_of_two_different_bodies_the_text_speaks_and_the_html_is_there() -> None:
    parsed = parts(
        b"Content-Type: text/plain\r\n\r\npay A", b"Content-Type: text/html\r\n\r\n<p>pay B</p>", kind=b"alternative"
    )
    assert parsed.body_text == "pay A"
    assert clean_html(parsed.body_html) == "<p>pay B</p>"


def test_row_29_new_words_below_and_between_quotes_stay_in_sight() -> None:
    body = b"> old\r\nnew one\r\n> old\r\n\r\nnew two\r\n-- \r\nBob"
    parsed = read(body=body)
    assert parsed.reply_text.split() == ["new", "one", "new", "two"]
    assert parsed.body_text.split() == body.decode().split()


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<a href='&#106;avascript:alert(1)'>x</a>", "<body onload=alert(1)>", "<meta http-equiv=refresh content='0;url=javascript:x'>",
    ],
)  # fmt: skip
def test_row_31_scripts_in_a_mail_body_do_not_survive(markup: str) -> None:
    parsed = read(b"Content-Type: text/html\r\n", markup.encode())
    check_harmless(parsed.body_html)
    assert "alert" not in html(markup)


def test_row_32_markup_in_subject_name_and_file_name_is_letters() -> None:
    tag = "<script>alert(1)</script>"
    parsed = parts(
        f'Content-Disposition: attachment; filename="{tag}"\r\n\r\nx'.encode(), headers=f"Subject: {tag}\r\n".encode()
    )
    assert parsed.subject == tag
    assert not set('<>"/\\') & set(parsed.attachments[0].filename)


@pytest.mark.parametrize(
    "markup",
    [
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<a title='x\u2028</a><img src=x onerror=alert(1)>'>y</a>",
    ],
)  # fmt: skip
def test_row_33_markup_that_changes_when_read_again_is_stable(markup: str) -> None:
    check_harmless(markup)


@pytest.mark.parametrize(
    "declared",
    [
        "image/svg+xml; x",
        "IMAGE/SVG+XML",
        "image/svg+xml\r\nContent-Type: image/png",
        "image/png; name=a.svg",
        "text/plain",
    ],
)
def test_row_35_the_type_is_decided_from_the_bytes(declared: str) -> None:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    parsed = parts(f"Content-Type: {declared}\r\nContent-Disposition: attachment\r\n\r\n".encode() + drawing)
    assert parsed.attachments[0].content_type not in {"image/png", "text/plain", "image/jpeg"}


@pytest.mark.parametrize(
    "name",
    [".ht\u200baccess", "\u202egpj.exe", "../../x", "a\x00.php", "CON", "x" * 300, "x.exe. .", "a/b\\c:d", " .pht", ""],
)
def test_row_36_a_dangerous_file_name_is_harmless(name: str) -> None:
    coded = base64.b64encode(name.encode()).decode()
    parsed = parts(f'Content-Disposition: attachment; filename="=?utf-8?b?{coded}?="\r\n\r\nx'.encode())
    shown = parsed.attachments[0].filename
    assert shown
    assert not set("/\\:\x00\u200b\u202e") & set(shown)
    assert shown.upper() != "CON"
    assert shown == shown.strip(" .")
    assert len(shown) <= limits.FILENAME_CHARACTERS


@pytest.mark.parametrize(
    "address",
    [
        "JaVa\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "file:///etc/passwd",
        "\x01javascript:x",
    ],
)
def test_row_42_only_links_that_lead_somewhere_known_stay(address: str) -> None:
    assert "href" not in html(f'<a href="{address}">x</a>')


def test_row_43_nothing_covers_the_page_and_no_form_asks() -> None:
    cleaned = html(
        '<div style="position:fixed;top:0" class=modal><form action="https://evil.example"><input name=pin><button>OK</button></form>Hi</div>'
    )
    assert cleaned == "<div>OKHi</div>"


def test_row_44_names_and_ids_do_not_reach_the_page() -> None:
    cleaned = html(
        '<p id=createElement name=body>a</p><img name=forms alt=b><a name=location href="https://x.example">c</a>'
    )
    assert " id=" not in cleaned
    assert " name=" not in cleaned


def test_row_45_tags_inside_tags_are_read_as_a_browser_reads_them() -> None:
    check_harmless("<scr<script>ipt>alert(1)</scr</script>ipt>")
    assert "<script" not in html("<scr<script>ipt>alert(1)</scr</script>ipt>")


def test_row_96_a_signed_or_encrypted_mail_is_only_parts() -> None:
    signed = parts(
        b"Content-Type: text/plain\r\n\r\nPay Eve.",
        b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nMIIB",
        kind=b"signed; protocol=application/pkcs7-signature",
        headers=b"Authentication-Results: mx.desk.example; smime=pass body.smime-identifier=bob@partner.example\r\n",
    )
    assert (signed.body_text, [file.filename for file in signed.attachments]) == ("Pay Eve.", ["smime.p7s"])
    assert verdict_of(signed.authentication_results, signed.from_address, trusted=("mx.desk.example",)) == "unverified"
    leak = parts(
        b'Content-Type: text/html\r\n\r\n<img src="http://evil.example/',
        b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
        b'Content-Type: text/html\r\n\r\n"><p>after</p>',
    )
    assert "evil.example" not in clean_html(leak.body_html)
    assert [file.content for file in leak.attachments] == [b"Version: 1"]


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Type: text/calendar; method=REQUEST",
        b"Content-Type: application/ms-tnef; name=winmail.dat",
        b"Content-Type: message/partial; id=a; number=2; total=3",
        b"Content-Type: message/external-body; access-type=local-file; name=/etc/passwd",
        b"Content-Type: message/external-body; access-type=url; url=\"http://169.254.169.254/\"",
    ],
)  # fmt: skip
def test_row_97_strange_parts_are_files_and_nothing_is_fetched(headers: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_given: object, **_named: object) -> None:
        raise AssertionError("the reader reached for the network or the disk")

    monkeypatch.setattr("socket.socket.connect", forbidden)
    monkeypatch.setattr("builtins.open", forbidden)
    parsed = parts(headers + b"\r\n\r\nBEGIN:VCALENDAR")
    assert [file.content for file in parsed.attachments] == [b"BEGIN:VCALENDAR"]
