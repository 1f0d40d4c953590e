"""The marks by which mail programs set history and signatures apart, in the languages our partners write.

Every pattern is tried on one line, or on at most four short ones joined, and looks at each letter a fixed number of times.
"""

import re

LINE_READ = 300
INTRO_LINES = 4
WROTE = re.compile(
    r"(?i)\b(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|skrev|schreef|geschreven|napisał(?:\(a\)|a)?|napsala?|"
    r"написала?(?:\(а\))?|написав(?:ла)?|пишет|пише|kirjoitti|írta|yazdı|a scris|έγραψε|napísala?|je napisao|je napisala|"
    r"rašė|rakstīja|kirjutas)(?![^\W_])|写道|寫道|作成|님이 작성"
)
DATE = re.compile(r"\d{1,4}[./-]\d{1,2}|\d{1,2}\.? ?[^\W\d_]{3,}|[^\W\d_]{3,}\.? \d{1,2}|\d{4}年")
TIME = re.compile(r"\d{1,2}[:.]\d{2}")
ADDRESS_END = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,253}>\s{0,3}[:：]\Z")

RULE = re.compile(r"\s{0,20}(?:[-_=*–—]\s?){5,}\s*\Z")
HISTORY_MARK = re.compile(
    r"(?i)\s{0,20}[-_*]{2,}\s{0,5}(?:original (?:message|appointment)|reply message|ursprüngliche nachricht|"
    r"original[- ]?nachricht|message d['’]origine|message original|mensaje original|messaggio originale|"
    r"oorspronkelijk(?: bericht|e bericht)|origineel bericht|oprindelig meddelelse|originalmeddelande|"
    r"ursprungligt meddelande|mensagem original|wiadomość oryginalna|původní zpráva|исходное сообщение|"
    r"оригинальное сообщение|eredeti üzenet|alkuperäinen viesti|opprinnelig melding|原始邮件|元のメッセージ)\s{0,5}[-_*]{2,}\s*\Z"
)
FORWARD_MARK = re.compile(
    r"(?i)\s{0,20}(?:[-_]{2,}\s{0,5}(?:forwarded (?:message|by)|weitergeleitete nachricht|message transféré|mensaje reenviado|"
    r"messaggio inoltrato|doorgestuurd bericht|videresendt meddelelse|vidarebefordrat meddelande|mensagem encaminhada|"
    r"przekazana wiadomość|пересылаемое сообщение|преслано съобщение)|begin forwarded message:|"
    r"anfang der weitergeleiteten (?:nachricht|e-mail):|début du message (?:réexpédié|transféré)|"
    r"inicio del mensaje reenviado|begin doorgestuurd bericht|inizio messaggio inoltrato)"
)
FROM_NAMES = {
    "from", "von", "de", "van", "da", "od", "från", "fra", "lähettäjä", "от", "від", "от кого", "kimden", "feladó",
    "expéditeur", "message du", "mittente", "remitente", "afzender", "发件人", "寄件者", "差出人", "보낸 사람",
}  # fmt: skip
HEADER_NAMES = FROM_NAMES | {
    "sent", "date", "to", "cc", "bcc", "subject", "reply-to", "gesendet", "datum", "an", "betreff", "kopie",
    "envoyé", "à", "a", "objet", "copie à", "sujet", "enviado", "enviado el", "fecha", "para", "asunto",
    "verzonden", "aan", "onderwerp", "inviato", "data", "oggetto", "wysłano", "do", "dw", "temat", "skickat",
    "till", "ämne", "sendt", "til", "emne", "kopi", "lähetetty", "vastaanottaja", "aihe", "отправлено", "дата",
    "кому", "копия", "тема", "надіслано", "odesláno", "komu", "předmět", "gönderildi", "tarih", "kime", "konu",
    "elküldve", "címzett", "tárgy", "assunto", "发送时间", "日期", "收件人", "抄送", "主题", "送信日時",
    "宛先", "件名", "보낸 날짜",
    "받는 사람", "제목",
}  # fmt: skip
HEADER_LINE = re.compile(r"\s{0,10}[*_]{0,2}([^\W\d_][^:：*_\n]{0,24}?)[*_]{0,2}\s?[:：]")
BLOCK_LINES = 10
BLOCK_FIELDS = 3

DASHES = re.compile(r"--\s{0,3}\Z")
UNDERSCORES = re.compile(r"_{20,}\s*\Z")
CONTACT = re.compile(r"https?://|@")
SENT_FROM = re.compile(
    r"(?i)(?:sent from my|envoyé de(?:puis)? mon|gesendet von meinem|von meinem|verzonden vanaf mijn|verstuurd vanaf mijn|"
    r"inviato da(?:l mio)?|enviado desde mi|enviado do meu|skickat från min|sendt fra min|wysłane z mojego|отправлено с моего)"
    r" [\w-]+(?: [\w-]+){0,2}(?: gesendet)?\.?\s*\Z"
)
NAME_AFTER_DASH = re.compile(r"[-–—/] ?[^\W\d_][\w.'’]*(?: [^\W\d_][\w.'’]*){0,3}\s*\Z")


def opens_quote(lines: list[str], number: int, *, surely: bool = False) -> int:
    """How many lines from `number` on introduce a quote ("On … wrote:"), 0 when they do not.

    `surely` asks for a time or an address too, as mail programs write them and people hardly ever do.
    """
    count = _intro_lines(lines, number, surely=surely)
    # A wrapped introduction starts where it starts: the words right above it are the writer's own.
    return 0 if any(_intro_lines(lines, number + below, surely=surely) for below in range(1, count)) else count


def _intro_lines(lines: list[str], number: int, *, surely: bool) -> int:
    joined = ""
    for count, line in enumerate(lines[number : number + INTRO_LINES], 1):
        if not line.strip() or len(joined) + len(line) > LINE_READ:
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if joined.endswith((":", "：")):
            return count if _is_intro(joined, surely=surely) else 0
    return 0


def _is_intro(joined: str, *, surely: bool) -> bool:
    wrote = WROTE.search(joined)
    if not DATE.search(joined) or not (wrote or ADDRESS_END.search(joined)):
        return False
    before = joined[: wrote.start()] if wrote else joined
    return bool(before.strip(" -–")) and (not surely or "@" in joined or bool(TIME.search(joined)))


def opens_header_block(lines: list[str], number: int) -> bool:
    """Whether a block such as "From: … Sent: … To: … Subject: …" begins here: three different fields close together."""
    if _header_name(lines[number]) not in FROM_NAMES:
        return False
    return len({_header_name(line) for line in lines[number : number + BLOCK_LINES]} & HEADER_NAMES) >= BLOCK_FIELDS


def _header_name(line: str) -> str:
    found = HEADER_LINE.match(line[:LINE_READ])
    return found[1].lower().rstrip() if found else ""


def is_signature_start(line: str, following: list[str]) -> bool:
    """Whether a signature begins with this line: the classic dashes, or a list's footer."""
    filled = sum(1 for other in following if other.strip())
    if DASHES.match(line):
        return filled <= (30 if line.startswith("-- ") else 12)
    if UNDERSCORES.match(line):
        return 0 < filled <= 4 and any(CONTACT.search(other[:LINE_READ]) for other in following)
    return False


def is_signature_end(line: str, above: str) -> bool:
    """Whether a last line is a signature by itself: "Sent from my telephone", or "-Jo Smith" after an empty line."""
    if len(line) > 80:
        return False
    return bool(SENT_FROM.match(line.strip()) or (NAME_AFTER_DASH.match(line) and not above.strip()))
