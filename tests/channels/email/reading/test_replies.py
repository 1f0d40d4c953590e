"""New words, history, signature: each line in one place."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.channels.email.reading import fold_reply
from tests.effort import with_effort

NEW = "The relay stays closed."


@pytest.mark.parametrize(
    "history",
    [
        "On Thu, 1 Jan 2026 at 10:00, Bob <bob@x.example> wrote:\n> Which relay?",
        "On Thu, 1 Jan 2026 at 10:00, Bob\n<bob@x.example>\nwrote:\n\n> Which relay?",
        "On Thu, 1 Jan 2026 at 10:00, Bob <bob@x.example> wrote:\n\nWhich relay?\n\nBob",
        "Am Do., 1. Jan. 2026 um 10:00 Uhr schrieb Bob <\nbob@x.example>:\n> Welches Relais?",
        "Op do 1 jan 2026 om 10:00 schreef Bob <bob@x.example>:\n> Welk relais?",
        "Le jeu. 1 janv. 2026 à 10:00, Bob <bob@x.example> a écrit :\n> Quel relais ?",
        "El jue, 1 ene 2026 a las 10:00, Bob (<bob@x.example>) escribió:\n> ¿Qué relé?",
        "Il giorno gio 1 gen 2026 alle ore 10:00 Bob <bob@x.example> ha scritto:\n> Quale relè?",
        "чт, 1 янв. 2026 г. в 10:00, Bob <bob@x.example> написал(а):\n> Какое реле?",
        "2026年1月1日(木) 10:00 Bob <bob@x.example>:\n> どのリレー",
        "-----Original Message-----\nFrom: Bob\nSent: Thursday\nWhich relay?",
        "________________________________\nFrom: Bob <bob@x.example>\nSent: Thursday, January 1\nTo: Desk\nSubject: Lock\n\nWhich?",
        "Van: Bob\nVerzonden: donderdag 1 januari\nAan: Desk\nOnderwerp: Slot\n\nWelk relais?",
        "*From:* Bob\n*Sent:* Thursday\n*To:* Desk\n*Subject:* Lock\n\nWhich relay?",
        "> Which relay?\n> Bob",
        "Em qui., 1 de jan. de 2026 às 10:00, Bob <bob@x.example> escreveu:\n> Que relé?",
        "No dia 01/01/2026, às 10:00, Bob <bob@x.example> escreveu:\n\nQue relé?",
        "czw., 1 sty 2026 o 10:00 Bob <bob@x.example> napisał(a):\n> Który przekaźnik?",
        "Wiadomość napisana przez Bob <bob@x.example> w dniu 1 sty 2026, o godz. 10:00:\n> Który?",
        "W dniu 1.01.2026 o 10:00, Bob pisze:\n> Który?",
        "Op 1 jan 2026, om 10:00 heeft Bob <bob@x.example> het volgende geschreven:\n> Welk?",
        "Le 01/01/2026 à 10:00, Bob a\xa0écrit\xa0:\n> Quel relais ?",
        "01.01.2026 10:00, Bob пишет:\n> Какое реле?",
        "De: Bob\nEnviada em: quinta-feira\nPara: Desk\nAssunto: Fechadura\n\nQue relé?",
        "Od: Bob\nWysłano: czwartek\nDo: Desk\nTemat: Zamek\n\nKtóry?",
        "От: Bob\nОтправлено: четверг\nКому: Desk\nТема: Замок\n\nКакое?",
        "De : Bob\nEnvoyé : jeudi\nÀ : Desk\nObjet : Serrure\n\nQuel ?",
        "De: Bob\nEnviado el: jueves\nPara: Desk\nAsunto: Cerradura\n\n¿Cuál?",
        "Da: Bob\nInviato: giovedì\nA: Desk\nOggetto: Serratura\n\nQuale?",
        "Von: Bob\nGesendet: Donnerstag\nAn: Desk\nBetreff: Schloss\n\nWelches?",
        "-----Bob Smith <bob@x.example> wrote: -----\nTo: Desk\nFrom: Bob\nDate: 1.1.\nSubject: Lock\n\nWhich relay?",
        "-----Bob Smith schrieb am 01.01.2026 10:00: -----\n\nWelches?",
        "Original Message processed by david®\nLock\nVon Bob",
        "-----Oryginalna wiadomość-----\nOd: Bob",
        "##- Please type your reply above this line -##\nYour ticket was answered.",
        "--- Reply above this line ---\nYour ticket was answered.",
        "Bitte antworten Sie oberhalb dieser Zeile\nIhr Ticket",
        "--- Antwoord boven deze regel ---\nUw ticket",
        "--- Répondez au-dessus de cette ligne ---\nVotre ticket",
        "Responda por encima de esta línea\nSu ticket",
        "Rispondi sopra questa riga\nIl ticket",
        "Responda acima desta linha\nO ticket",
        "Odpowiedz powyżej tej linii\nZgłoszenie",
        "Ответьте выше этой линии\nЗаявка",
    ],
)
def test_history_is_folded_away(history: str) -> None:
    folded = fold_reply(f"{NEW}\n\n{history}")
    assert folded.reply == NEW
    assert folded.quoted.split() == history.split()


@pytest.mark.parametrize(
    "text",
    [
        f"{NEW}\n\nOn Monday Bob wrote:\nthat it works.",
        "On 3 March your colleague wrote:\nthat it works. It does not.",
        f"{NEW}\nFrom: the left\nnothing else",
        "From: Bob\nSent: Thursday\nTo: Desk\nSubject: Lock\n\nA forwarded mail with nothing above it.",
        f"{NEW}\n\n---------- Forwarded message ---------\nFrom: Eve\nDate: Thursday\nSubject: Lock\n\nSee the picture.",
        f"{NEW}\n\n-- a dash -- in the middle\nand more",
        "- one\n- two\n- three",
        "> only a quote",
        "",
        "Measured:\n--\n" + "12 V\n" * 20,
        f"{NEW}\n\nPlease write your answer above the line in the form.",
        f"{NEW}\nReply above the line voltage: 230 V",
        f"{NEW}\n\n- On 3 May 2026 at 10:00 Bob wrote:",
        f"{NEW}\n--- I wrote: see above ---",
    ],
)
def test_in_doubt_everything_stays(text: str) -> None:
    assert fold_reply(text).reply.split() == text.split()


def test_answers_between_quotes_are_kept_in_order() -> None:
    folded = fold_reply("On Thu, 1 Jan 2026 at 10:00, Bob wrote:\n> One?\n\nYes.\n\n> Two?\n\nNo.\n")
    assert folded.reply.split() == ["Yes.", "No."]
    assert folded.quoted.split()[-4:] == [">", "One?", ">", "Two?"]


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nBob Smith\nPartner Ltd",
        "--\nBob",
        "Sent from my iPhone",
        "Verzonden vanaf mijn iPad",
        "- Bob",
        "Get Outlook for iOS<https://aka.ms/x>",
        "Get Outlook for Android (https://aka.ms/x)",
        "Outlook für iOS beziehen",
        "Outlook voor iOS downloaden",
        "Télécharger Outlook pour iOS",
        "Obtener Outlook para Android",
        "Scarica Outlook per iOS",
        "Obter o Outlook para iOS",
        "Pobierz program Outlook dla systemu iOS",
        "Скачать Outlook для iOS",
        "Sent from Outlook for Android",
        "Sent from Yahoo Mail on Android",
        "Sent from my Samsung Galaxy smartphone.",
        "Envoyé de mon iPhone",
        "Von meinem iPhone gesendet",
        "Enviado do meu iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "Gesendet mit der GMX Mail App",
    ],
)
def test_a_signature_is_folded_away(signature: str) -> None:
    folded = fold_reply(f"{NEW}\n\n{signature}\n")
    assert (folded.reply, folded.signature) == (NEW, signature)


def test_a_forwarded_mail_is_the_message() -> None:
    text = f"{NEW}\n\nFrom: Bob\nSent: Thursday\nTo: Desk\nSubject: Lock\n\nThe customer's words."
    assert fold_reply(text, is_forward=True).reply == text
    assert fold_reply(text).reply == NEW


lines = st.sampled_from(
    [NEW, "", "> old", ">> older", "-- ", "--", "On 1 May 2026 at 10:00, x@y.example wrote:", "From: a", "To: b", "Subject: c",
     "-----Original Message-----", "_" * 30, "https://x.example", "Sent from my phone", "- Bob", "wrote:", "On 1 May"]
)  # fmt: skip


@given(st.lists(lines | st.text(max_size=30), max_size=30), st.booleans())
def test_no_word_is_ever_lost(pieces: list[str], is_forward: bool) -> None:
    text = "\n".join(pieces)
    folded = fold_reply(text, is_forward=is_forward)
    assert Counter(f"{folded.reply}\n{folded.quoted}\n{folded.signature}".split()) == Counter(text.split())
    assert folded.reply.split() or not text.split()


@pytest.mark.parametrize(
    "piece",
    [">", ">\n", "(((", "On 1 May 2026 wrote:\n", "On 1 May 2026 10:00 x@y\n", "On 1 May\n", "From: a\n", "x\nFrom: a\n", "--\n", "_",
     "_" * 30 + "\n", "- ", " ", "\n", "http://", "1", "> a\nb\n", "On 1 May\nOn 1 May\nOn 1 May\nx:\n", "*",
     "reply above ", "-- wrote ", "--- wrote:\n", "sent from my a ", "get outlook for ios<https://", "antworten über ", "reply above\n"],
)  # fmt: skip
def test_no_megabyte_of_marks_takes_long(piece: str) -> None:
    with_effort(1.5, lambda: fold_reply(piece * (1_000_000 // len(piece))))
