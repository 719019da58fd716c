"""Messages that open no matter of their own: a greeting, a thank-you."""

from typing import Final

from inquiry_router.entities.words import word_set
from inquiry_router.inquiry.model import Draft
from inquiry_router.intake.question import own_words, without_names_of_files
from inquiry_router.matters.subjects import is_reply
from inquiry_router.text.folding import fold, fold_words

_MAX_WORDS: Final = 14
_MEDIA: Final = ("image/", "audio/", "video/")
# Folded words of greetings and of "I have a question". pl, en, de, cs, uk.
_GREETING: Final = word_set(
    fold("""
    dzien dobry dobrego dnia wieczor witam witajcie czesc hej hejka halo siema panstwo panstwa
    panstwu pan pani panie szanowni szanowny mam mialbym mialabym problem klopot pytanie pytanka
    pytania sprawe sprawa jeszcze jedna okazji przy maly mala male do was w z o jedno pewna i a czy
    moge mozna moglbym moglabym mozecie moze ktos jest tam tutaj tu kto prosze poprosze o kontakt
    pomoc pomozecie pomoze mi potrzebuje pomocy chcialbym chcialabym zapytac spytac
    cos pozdrawiam uprzejmie bardzo
    hi hello hey there good morning afternoon evening day dear sir madam team all i have a an quick
    question questions can could you help me us please is anyone anybody there somebody need some
    ask something one more thing also another by the way
    hallo guten tag morgen abend moin servus gruss grussen sehr geehrte damen und herren ich habe
    hatte eine frage fragen mal kurz konnen sie mir helfen bitte hilfe jemand da ist noch etwas was
    ubrigens
    dobry den dobre rano ahoj mam dotaz otazku prosim pomoci
    добрий день вітаю привіт маю питання допоможіть будь ласка
    """)
)
# Folded words of thanks and assent.
_THANKS: Final = word_set(
    fold("""
    dziekuje dziekujemy dziekuja dziekowac dzieki dziex serdecznie bardzo pieknie slicznie wielkie
    super ok okej okay dobrze dobra swietnie rozumiem jasne pewnie za szybka odpowiedz pomoc
    informacje wszystko milego dnia weekendu tak pozdrawiam pozdrawiamy pozdrowienia z gory i a
    sprawa zalatwiona zalatwione zamknieta zamkniete problem rozwiazany rozwiazana potwierdzam
    odbior to juz wiem przyjalem przyjelam super dziala
    thanks thank thx ty you very much so many a lot great perfect fine cheers all good got it for
    your the quick reply help information that is nice have day weekend regards best kind yes
    danke dankeschon vielen dank besten lieben herzlichen alles klar gut prima super passt fur die
    schnelle antwort hilfe info viele grusse schone liebe und mit freundlichen grussen schones
    wochenende ja
    dekuji dekuju dik diky moc
    дякую дуже
    """)
)
_THANK: Final = (
    "zalatwi",
    "rozwiazan",
    "potwierdzam",
    "dziek",
    "dziex",
    "thank",
    "thx",
    "dank",
    "dekuj",
    "dik",
    "дяку",
    "ok",
)
# Of one message, a thank-you without words.
_THANKFUL: Final = frozenset("👍🙏👌❤🙂😊😀")


def says_nothing(draft: Draft) -> bool:
    """True for a greeting, "I have a question", or a photo: nothing tells what they want."""
    return _has_only(draft, draft.subject, _GREETING) or _is_media_alone(draft)


def _is_media_alone(question: Draft) -> bool:
    """True for photos and voice messages without a word."""
    files = question.provenance.attachments
    if not files or not all(one.type.startswith(_MEDIA) for one in files):
        return False
    return not f"{question.subject or ''}{without_names_of_files(question)}".strip()


def is_thanks(draft: Draft) -> bool:
    """True for a thank-you and nothing else but quotes, a signature and the writer's name."""
    words = _THANKS | _GREETING | frozenset(fold_words(draft.contact.name or "").split())
    first_line = next(filter(None, map(str.strip, draft.text.splitlines())), "")
    if not words.issuperset(fold_words(first_line).split()):
        return False  # most messages: the rest need not be parsed
    own = own_words(draft)
    # A reply has the subject of the mail before it.
    subject = None if is_reply(draft.subject) else draft.subject
    if not _has_only(own, subject, words):
        return False
    return any(word.startswith(_THANK) for word in fold_words(own.text).split())


def _has_only(draft: Draft, subject: str | None, words: frozenset[str]) -> bool:
    if draft.provenance.attachments:
        return False
    said = fold_words(f"{subject or ''} {draft.text}").split()
    return 0 < len(said) <= _MAX_WORDS and words.issuperset(said)
