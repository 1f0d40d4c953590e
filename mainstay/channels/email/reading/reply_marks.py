"""The marks by which mail programs set history and signatures apart, in the languages our partners write.

Every pattern is tried on one line, or on at most four short ones joined, and looks at each letter a fixed number of times.
"""

import re

LINE_READ = 300
INTRO_LINES = 4
WROTE = re.compile(
    r"(?i)\b(?:wrote|schrieb|a[\s\xa0]écrit|escribió|escreveu|ha scritto|skrev|schreef|geschreven|napisał(?:\(a\)|a)?|napsala?|"
    r"napisana przez|pisze|"
    r"написала?(?:\(а\))?|написав(?:ла)?|пишет|пише|kirjoitti|írta|yazdı|a scris|έγραψε|napísala?|je napisao|je napisala|"
    r"rašė|rakstīja|kirjutas)(?![^\W_])|写道|寫道|作成|님이 작성"
)
LIST_ITEM = re.compile(r"\s{0,5}[-–•*] ")
DATE = re.compile(r"\d{1,4}[./-]\d{1,2}|\d{1,2}\.? ?(?:de )?[^\W\d_]{3,}|[^\W\d_]{3,}\.? \d{1,2}|\d{4}年")
TIME = re.compile(r"\d{1,2}[:.]\d{2}")
ADDRESS_END = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,253}>\s{0,3}[:：]\Z")

RULE = re.compile(r"\s{0,20}(?:[-_=*–—]\s?){5,}\s*\Z")
HISTORY_MARK = re.compile(
    r"(?i)\s{0,20}[-_*]{2,}\s{0,5}(?:original (?:message|appointment)|reply message|ursprüngliche nachricht|"
    r"original[- ]?nachricht|message d['’]origine|message original|mensaje original|messaggio originale|"
    r"oryginalna wiadomość|wiadomość oryginalna|oorspronkelijk(?: bericht|e bericht)|"
    r"origineel bericht|oprindelig meddelelse|originalmeddelande|"
    r"ursprungligt meddelande|mensagem original|původní zpráva|исходное сообщение|"
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
    "宛先", "件名", "보낸 날짜", "받는 사람", "제목", "gesendet am", "verzonden op", "envoyé le", "date d'envoi",
    "enviada em", "enviado em", "enviada", "cópia", "kopia", "wysłane", "data wysłania", "kopia do", "odesláno dne",
    "отправлен", "отправлено в", "копії", "inviato il", "data invio", "fecha de envío", "date and time",
}  # fmt: skip
# What Lotus Notes and Tobit David write above an old mail.
PROGRAM_MARK = re.compile(
    r"(?i)\s{0,20}(?:-{3,}\s{0,5}\S.{0,200}?(?:wrote|schrieb|schreef|a[\s\xa0]écrit|escribió|ha scritto|escreveu|"
    r"napisał(?:\(a\)|a)?|написала?)(?: on .{1,60}| am .{1,60}| le .{1,60})?\s?:\s{0,5}-{3,}\s*\Z|original message processed by \w)"
)
# What desks like ours put above theirs.
REPLY_ABOVE = re.compile(
    r"(?i)\W{0,12}(?:please |bitte |s'il vous plaît |por favor |proszę |пожалуйста,? )?"
    r"(?:(?:type|write|enter) (?:your )?(?:reply|answer)|"
    r"reply|answer|antworten|schreiben sie|antwoord|schrijf|répond(?:re|ez)|escriba|respond(?:a|er|ere|ez)|rispond(?:a|ere|i)|"
    r"odpowiedz|odpowiadaj|ответьте|пишите)\b.{0,40}?\b(?:above|oberhalb|über|boven|au-dessus|(?:por )?encima|sopra|acima|powyżej|"
    r"выше|над)\b.{0,12}?\b(?:line|zeile|linie|lijn|regel|ligne|línea|riga|linea|linha|lini[ią]|linij|linii|строки|линии|черты)\W{0,12}\Z"
)
HEADER_LINE = re.compile(r"\s{0,10}[*_]{0,2}([^\W\d_][^:：*_\n]{0,24}?)[*_]{0,2}\s?[:：]")
BLOCK_LINES = 10
BLOCK_FIELDS = 3

DASHES = re.compile(r"--\s{0,3}\Z")
UNDERSCORES = re.compile(r"_{20,}\s*\Z")
CONTACT = re.compile(r"https?://|@")
DEVICE = r"[\w'’&,-]+(?: [\w'’&,-]+){0,5}"
SENT_FROM = re.compile(
    r"(?i)(?:sent from my|envoyé (?:de(?:puis)?|à partir de) mon|gesendet von meinem|von meinem|verzonden vanaf mijn|"
    r"verstuurd vanaf mijn|verzonden met mijn|inviato da(?:l mio)?|enviado (?:desde|de) mi|enviado do meu|skickat från min|"
    rf"sendt fra min|wysłan[eo] z mojego|отправлено с моего) {DEVICE}(?: gesendet)?\.?\s*\Z"
)
SENT_BY_PROGRAM = re.compile(
    r"(?i)(?:(?:sent (?:from|with|via|using)|envoyé (?:à partir d[eu]|depuis|avec)|gesendet (?:mit|von|über)|von|mit|"
    r"verzonden (?:vanuit|vanaf|met|via)|inviato da|enviado (?:desde|do|a partir do|con|com)|wysłan[eo] (?:z|przez|za pomocą)|"
    r"отправлено (?:из|с|через))(?: the| der)? (?:outlook|gmail|yahoo|gmx|web\.de|proton|samsung|android|iphone(?:'a)?|ipad|k-9|"
    rf"blackberry|mobile|spark|huawei|xiaomi)(?:[ .!-]{DEVICE}){{0,1}}"
    r"|(?:get|download|obtenir|obtenez|téléchargez|télécharger|obtener|obtén|scarica|ottieni|obter o|obtenha o|baixe o|pobierz|"
    r"скачать|скачайте|установить) (?:program )?outlook (?:for|pour|para|per|dla|для)(?: systemu)? (?:ios|android|mac)"
    r"|outlook (?:für|voor) (?:ios|android|mac)(?: (?:beziehen|herunterladen|downloaden|gesendet))?)"
    r"\.?(?:\s?[<(]https?://[^\s<>()]{1,80}[>)])?\s*\Z"
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
    is_dashes = DASHES.match(line)
    if not (is_dashes or UNDERSCORES.match(line)):
        return False
    filled = sum(1 for other in following if other.strip())
    if is_dashes:
        return filled <= (30 if line.startswith("-- ") else 12)
    return 0 < filled <= 4 and any(CONTACT.search(other[:LINE_READ]) for other in following)


def is_signature_end(line: str, above: str) -> bool:
    """Whether a last line is a signature by itself: "Sent from my telephone", or "-Jo Smith" after an empty line."""
    if len(line) > 120:
        return False
    stands_apart = not above.strip()
    return bool(
        SENT_FROM.match(line.strip())
        or (stands_apart and (SENT_BY_PROGRAM.match(line.strip()) or (len(line) <= 80 and NAME_AFTER_DASH.match(line))))
    )
