"""What people write to a desk, in eight languages, invented from a seed: sentences, names, serial numbers (pure).

Few words are in many messages and many in few, as in real mail: sentences are drawn with falling weights, and each ticket
has a project's name, a serial number, a telephone number and an order of its own.
"""

import random
from dataclasses import dataclass
from itertools import accumulate

LANGUAGES = {"nl": 34, "en": 24, "de": 17, "fr": 11, "ru": 7, "ja": 3, "zh": 2, "pl": 2}

SUBJECTS = {
    "nl": (
        "{model} belt niet door naar de app",
        "Geen beeld op {model}",
        "Storing na update {version}",
        "Deurslot blijft open bij {project}",
        "Levertijd {model}",
        "Tag wordt niet gelezen ({serial})",
        "Netwerk valt weg op project {project}",
        "Vraag over de {part}",
    ),
    "en": (
        "{model} does not ring",
        "No picture on {model}",
        "Error after the update to {version}",
        "Door lock stays open at {project}",
        "Lead time for {model}",
        "Tag is not read ({serial})",
        "Network drops at {project}",
        "Question about the {part}",
    ),
    "de": (
        "{model} klingelt nicht",
        "Kein Bild auf {model}",
        "Fehler nach dem Update auf {version}",
        "Türöffner bleibt offen, {project}",
        "Lieferzeit {model}",
        "Transponder wird nicht gelesen ({serial})",
        "Netzwerk fällt aus bei {project}",
        "Frage zum {part}",
    ),
    "fr": (
        "{model} ne sonne pas",
        "Pas d'image sur {model}",
        "Erreur après la mise à jour {version}",
        "La gâche reste ouverte, {project}",
        "Délai pour {model}",
        "Badge non reconnu ({serial})",
        "Réseau perdu sur {project}",
        "Question sur le {part}",
    ),
    "ru": (
        "{model} не звонит",
        "Нет изображения на {model}",
        "Ошибка после обновления {version}",
        "Замок остаётся открытым, {project}",
        "Срок поставки {model}",
        "Метка не читается ({serial})",
    ),
    "ja": (
        "{model} が鳴りません",
        "{model} の映像が出ません",
        "{version} へ更新後のエラー",
        "解錠したままになる {project}",
    ),
    "zh": ("{model} 不响铃", "{model} 没有图像", "升级到 {version} 后出错", "门锁一直打开 {project}"),
    "pl": (
        "{model} nie dzwoni",
        "Brak obrazu na {model}",
        "Błąd po aktualizacji {version}",
        "Zamek pozostaje otwarty, {project}",
    ),
}

# The first of each language are written most.
SENTENCES = {
    "nl": (
        "De camera geeft geen beeld meer en de firmware is {version}.",
        "Het deurstation met serienummer {serial} belt niet meer door naar de binnenpost.",
        "Kunt u ons vertellen welke instelling we moeten aanpassen?",
        "Na een herstart werkt het een paar uur en daarna begint het opnieuw.",
        "De installateur is gisteren geweest en heeft de bekabeling gemeten: {ohm} ohm.",
        "De bewoners klagen dat de deur niet opengaat wanneer zij op de sleutel drukken.",
        "We hebben de voeding vervangen, maar de storing is gebleven.",
        "U kunt mij bereiken op {phone}.",
        "Het gaat om {count} appartementen in {project}, {street} {house}.",
        "De {part} is vorige week geleverd met order {order}.",
        "In het logboek staat steeds foutcode {code} op adres {ip}.",
        "Kan de garantie hierop worden toegepast, het toestel is nog geen jaar oud?",
        "Zodra de {part} is aangesloten, kraakt het geluid en valt de verbinding weg.",
        "De gebruiker heeft {count} sleutelhangers besteld en er ontbreken er drie.",
        "Wij wachten op uw advies voordat we een monteur sturen.",
    ),
    "en": (
        "The camera shows no picture any more and the firmware is {version}.",
        "The door station with serial number {serial} does not call the indoor unit.",
        "Could you tell us which setting we have to change?",
        "After a restart it works for a few hours, then it begins again.",
        "The electrician was there yesterday and measured the wiring: {ohm} ohm.",
        "The tenants complain that the door does not open when they press the key.",
        "We replaced the power supply, but the fault stayed.",
        "You can reach me at {phone}.",
        "It is about {count} apartments in {project}, {street} {house}.",
        "The {part} was delivered last week with order {order}.",
        "The log keeps saying error {code} at address {ip}.",
        "Is this covered by the warranty? The unit is not a year old.",
        "As soon as the {part} is connected, the sound crackles and the connection drops.",
        "The user ordered {count} key fobs and three of them are missing.",
        "We wait for your advice before we send a technician.",
    ),
    "de": (
        "Die Kamera zeigt kein Bild mehr und die Firmware ist {version}.",
        "Die Türstation mit der Seriennummer {serial} ruft die Innenstelle nicht an.",
        "Können Sie uns sagen, welche Einstellung wir ändern müssen?",
        "Nach einem Neustart läuft es einige Stunden, dann fängt es wieder an.",
        "Der Elektriker war gestern da und hat die Leitung gemessen: {ohm} Ohm.",
        "Die Mieter beschweren sich, dass die Tür nicht öffnet, wenn sie die Taste drücken.",
        "Wir haben das Netzteil getauscht, die Störung ist geblieben.",
        "Sie erreichen mich unter {phone}.",
        "Es geht um {count} Wohnungen in {project}, {street} {house}.",
        "Der {part} wurde letzte Woche mit Auftrag {order} geliefert.",
        "Im Protokoll steht immer wieder Fehler {code} an Adresse {ip}.",
        "Gilt hier die Gewährleistung? Das Gerät ist noch kein Jahr alt.",
        "Sobald der {part} angeschlossen ist, knackt der Ton und die Verbindung bricht ab.",
        "Wir warten auf Ihren Rat, bevor wir einen Monteur schicken.",
    ),
    "fr": (
        "La caméra ne montre plus d'image et le firmware est {version}.",
        "La platine de rue numéro de série {serial} n'appelle plus le poste intérieur.",
        "Pouvez-vous nous dire quel réglage il faut changer ?",
        "Après un redémarrage cela marche quelques heures, puis cela recommence.",
        "L'électricien est passé hier et a mesuré le câblage : {ohm} ohms.",
        "Les locataires se plaignent que la porte ne s'ouvre pas quand ils appuient sur la touche.",
        "Nous avons remplacé l'alimentation, mais la panne est restée.",
        "Vous pouvez me joindre au {phone}.",
        "Il s'agit de {count} logements à {project}, {house} rue {street}.",
        "Le {part} a été livré la semaine dernière, commande {order}.",
        "Le journal répète l'erreur {code} à l'adresse {ip}.",
        "Est-ce couvert par la garantie ? L'appareil n'a pas un an.",
        "Nous attendons votre conseil avant d'envoyer un technicien.",
    ),
    "ru": (
        "Камера больше не показывает изображение, прошивка {version}.",
        "Вызывная панель с серийным номером {serial} не звонит на монитор.",
        "Подскажите, какую настройку нужно изменить?",
        "После перезагрузки всё работает несколько часов, потом начинается снова.",
        "Электрик вчера измерил линию: {ohm} ом.",
        "Жильцы жалуются, что дверь не открывается, когда они нажимают кнопку.",
        "Мы заменили блок питания, но неисправность осталась.",
        "Со мной можно связаться по номеру {phone}.",
        "Речь идёт о {count} квартирах в {project}.",
        "В журнале повторяется ошибка {code} по адресу {ip}.",
    ),
    "ja": (
        "カメラの映像が表示されません。ファームウェアは {version} です。",
        "シリアル番号 {serial} のドアステーションが室内機を呼び出しません。",
        "どの設定を変更すればよいか教えてください。",
        "再起動すると数時間は動作しますが、その後また同じ症状になります。",
        "電話番号は {phone} です。",
    ),
    "zh": (
        "摄像头没有图像，固件版本是 {version}。",
        "序列号 {serial} 的门口机不能呼叫室内机。",
        "请告诉我们需要修改哪个设置。",
        "重启后可以正常工作几个小时，然后又出现同样的问题。",
        "我的电话是 {phone}。",
    ),
    "pl": (
        "Kamera nie pokazuje już obrazu, oprogramowanie ma wersję {version}.",
        "Stacja bramowa o numerze {serial} nie dzwoni do odbiornika.",
        "Proszę powiedzieć, które ustawienie musimy zmienić.",
        "Po ponownym uruchomieniu działa kilka godzin, potem zaczyna się od nowa.",
        "Mój numer telefonu to {phone}.",
    ),
}
GREETINGS = {
    "nl": "Met vriendelijke groet,",
    "en": "Kind regards,",
    "de": "Mit freundlichen Grüßen",
    "fr": "Cordialement,",
    "ru": "С уважением,",
    "ja": "よろしくお願いいたします。",
    "zh": "谢谢！",
    "pl": "Z poważaniem,",
}
# Parts are called by a head and a tail: in Dutch and German one word, in English two.
HEADS = {
    "nl": [
        "deur",
        "huis",
        "lift",
        "sleutel",
        "kabel",
        "beeld",
        "geluid",
        "netwerk",
        "bedien",
        "montage",
        "gevel",
        "toegangs",
    ],
    "de": [
        "Tür",
        "Haus",
        "Aufzug",
        "Schlüssel",
        "Kabel",
        "Bild",
        "Ton",
        "Netzwerk",
        "Bedien",
        "Montage",
        "Klingel",
        "Zutritts",
    ],
    "en": [
        "door",
        "house",
        "lift",
        "key",
        "cable",
        "picture",
        "sound",
        "network",
        "control",
        "mounting",
        "bell",
        "access",
    ],
}
TAILS = {
    "nl": [
        "paneel",
        "module",
        "schakelaar",
        "lezer",
        "houder",
        "versterker",
        "verdeler",
        "kast",
        "rooster",
        "knop",
        "scherm",
        "relais",
    ],
    "de": [
        "tafel",
        "modul",
        "schalter",
        "leser",
        "halter",
        "verstärker",
        "verteiler",
        "kasten",
        "rahmen",
        "knopf",
        "schirm",
        "relais",
    ],
    "en": [
        "panel",
        "module",
        "switch",
        "reader",
        "holder",
        "amplifier",
        "splitter",
        "box",
        "frame",
        "button",
        "screen",
        "relay",
    ],
}
FIRST_NAMES = (
    "Jan",
    "Sanne",
    "Pieter",
    "Femke",
    "Jürgen",
    "Anke",
    "Günther",
    "Élodie",
    "François",
    "Chloé",
    "Olga",
    "Дмитрий",
    "Светлана",
    "Sean",
    "Zoë",
    "Łukasz",
    "Małgorzata",
    "Søren",
    "Åse",
    "健太",
    "美咲",
    "伟",
    "José",
    "Beyoğlu",
)
SYLLABLES = [
    "ba",
    "dor",
    "fen",
    "gal",
    "hem",
    "ker",
    "lin",
    "mar",
    "nes",
    "oud",
    "pel",
    "ros",
    "sta",
    "ter",
    "vel",
    "wijk",
    "zan",
    "mond",
    "berg",
    "lau",
]


@dataclass(frozen=True)
class Story:
    """What is said on one ticket, from one pen: its messages share serial number, project and part."""

    language: str
    subject: str
    texts: tuple[str, ...]


def name(chance: random.Random, syllables: int = 3) -> str:
    """A name that is likely nobody else's: of a village, a street, a family, a project."""
    return "".join(chance.choices(SYLLABLES, k=syllables)).capitalize()


def person_name(chance: random.Random) -> str:
    return f"{chance.choice(FIRST_NAMES)} {name(chance, chance.randint(2, 3))}"


def story(chance: random.Random, messages: int) -> Story:
    language = chance.choices(list(LANGUAGES), weights=list(LANGUAGES.values()))[0]
    facts = _facts(chance, language)
    subject = chance.choice(SUBJECTS[language]).format_map(facts)
    return Story(language, subject, tuple(_text(chance, language, facts) for _ in range(messages)))


def _facts(chance: random.Random, language: str) -> dict[str, object]:
    """One telephone number in three has a country code, some are written with dashes."""
    tongue = language if language in HEADS else "en"
    part = (" " if tongue == "en" else "").join((chance.choice(HEADS[tongue]), chance.choice(TAILS[tongue])))
    number = f"{chance.randrange(10**8):08}"
    return {
        "model": f"IP-{chance.choice('ABCDEF')}{chance.randrange(10, 60)}",
        "serial": f"{chance.choice('ABEKMX')}{chance.randrange(16**7):07X}-{chance.randrange(100):02}",
        "version": f"{chance.randrange(2, 6)}.{chance.randrange(20)}.{chance.randrange(9)}",
        "project": name(chance, 4),
        "street": name(chance, 3),
        "house": chance.randrange(1, 400),
        "part": part,
        "order": f"PO-{chance.randrange(10**7):07}",
        "phone": chance.choice((f"+31 6 {number}", f"06-{number}", f"06 {number[:4]} {number[4:]}")),
        "ohm": chance.randrange(20, 900),
        "count": chance.randrange(3, 240),
        "code": f"E{chance.randrange(100, 999)}",
        "ip": f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}",
    }


def _text(chance: random.Random, language: str, facts: dict[str, object]) -> str:
    sentences = SENTENCES[language]
    weights = list(accumulate(1 / (place + 3) for place in range(len(sentences))))
    said = dict.fromkeys(chance.choices(sentences, cum_weights=weights, k=chance.randint(6, 14)))
    return f"{' '.join(said)}\n\n{GREETINGS[language]}".format_map(facts)
