"""The page behind a correction link: an agent sees a decision and corrects it, without a login.

Looking at the page changes nothing, so mail scanners that follow links do no harm.
"""

from dataclasses import replace
from html import escape
from typing import Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from inquiry_router.api.web.auditing import make_act
from inquiry_router.api.web.routing import house, limited_body
from inquiry_router.audit.acts import doing
from inquiry_router.configuration.model import Configuration
from inquiry_router.corrections.links import LinkUsedUp
from inquiry_router.corrections.service import Correction
from inquiry_router.corrections.tokens import OpenedLink, WrongLink
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.categories import CATEGORIES
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.inquiry.model import Classification, Draft, Receipt
from inquiry_router.intake.cleaning import clean_line
from inquiry_router.pages.layout import choose_language, render_note, render_page
from inquiry_router.process.clock import utc_now
from inquiry_router.text.telling_words import telling_words

door = APIRouter(include_in_schema=False)

# The part of the inquiry that is shown: enough to recognise it.
_SHOWN_CHARS: Final = 600
_MAX_NAME_CHARS: Final = 200
_ACTOR: Final = "correction-link"
_TEXTS: Final[dict[str, dict[str, str]]] = {
    "pl": {
        "title": "Czy to dobra decyzja?",
        "inquiry": "Zgłoszenie",
        "decided": "Decyzja systemu",
        "sure": "pewność {percent}%",
        "by_person": "poprawione ręcznie",
        "right": "Wybierz właściwą kategorię",
        "intent": "A dokładniej? (nieobowiązkowe)",
        "who": "Twoje imię (nieobowiązkowe)",
        "send": "Zapisz poprawkę",
        "done": "Dziękujemy, zapisano. Zgłoszenie trafi do zespołu:",
        "same": "Tak już jest zapisane. Nic nie zmieniono.",
        "over": "Ten link wygasł. Poproś administratora o poprawienie zgłoszenia.",
        "wrong": "Ten link jest niepełny albo błędny. Skopiuj go w całości z notatki w helpdesku.",
        "pick": "Wybierz kategorię i wyślij jeszcze raz.",
        "apart": "Wybrana kategoria i dokładniejszy opis do siebie nie pasują. Popraw i wyślij "
        "jeszcze raz.",
        "used": "Ten link został już wykorzystany. Najnowsza notatka w helpdesku ma nowy.",
        "as": "Poprawkę zapisze: {name}",
        "agent": "pracownik",
        "why": "Zadecydowały słowa",
        "title_saved": "Zapisano poprawkę",
        "title_corrected": "Ta decyzja jest już poprawiona",
        "title_refused": "Tym linkiem nie można poprawić",
    },
    "en": {
        "title": "Was this right?",
        "inquiry": "Inquiry",
        "decided": "The system decided",
        "sure": "{percent}% sure",
        "by_person": "corrected by a person",
        "right": "What was right?",
        "intent": "More exactly? (if you like)",
        "who": "Your name (if you like)",
        "send": "Save the correction",
        "done": "Thank you, it is saved. The inquiry goes to:",
        "same": "That is what it says already. Nothing was changed.",
        "over": "The time of this link is over. Ask an admin to correct the inquiry.",
        "wrong": "This link is incomplete or wrong. Copy all of it from the note in the helpdesk.",
        "pick": "Choose a category and send it again.",
        "apart": "The category and the more exact choice do not fit together. Change one and send "
        "it again.",
        "used": "This link has been used up. The newest note in the helpdesk has another one.",
        "as": "The correction is saved for: {name}",
        "agent": "an agent",
        "why": "Deciding words",
        "title_saved": "The correction is saved",
        "title_corrected": "This decision is corrected already",
        "title_refused": "This link cannot correct it",
    },
    "de": {
        "title": "War die Entscheidung richtig?",
        "inquiry": "Anfrage",
        "decided": "Entscheidung des Systems",
        "sure": "{percent} % sicher",
        "by_person": "von Hand berichtigt",
        "right": "Wählen Sie die richtige Kategorie",
        "intent": "Genauer? (freiwillig)",
        "who": "Ihr Name (freiwillig)",
        "send": "Berichtigung speichern",
        "done": "Danke, gespeichert. Die Anfrage geht an:",
        "same": "So ist es schon gespeichert. Nichts wurde geändert.",
        "over": "Dieser Link ist abgelaufen. Bitten Sie einen Administrator um die Berichtigung.",
        "wrong": "Dieser Link ist unvollständig oder falsch. Kopieren Sie ihn ganz aus der Notiz "
        "im Helpdesk.",
        "pick": "Wählen Sie eine Kategorie und senden Sie noch einmal.",
        "apart": "Die Kategorie und die genauere Angabe passen nicht zusammen. Ändern Sie eine und "
        "senden Sie noch einmal.",
        "used": "Dieser Link wurde schon benutzt. Die neueste Notiz im Helpdesk hat einen neuen.",
        "as": "Die Berichtigung wird gespeichert für: {name}",
        "agent": "Mitarbeiter",
        "why": "Ausschlaggebende Wörter",
        "title_saved": "Die Berichtigung ist gespeichert",
        "title_corrected": "Diese Entscheidung ist schon berichtigt",
        "title_refused": "Mit diesem Link geht es nicht",
    },
}
_CHOICES: Final = {category.id: category.choice for category in CATEGORIES}


@door.get("/c/{token}")
async def show_decision(request: Request, token: str) -> Response:
    """Show the decision and the categories to choose from."""
    language = _language_of(request)
    try:
        link, receipt, draft = await _find_inquiry(request, token)
    except WrongLink as error:
        return _refuse(language, error)
    configuration = house(request).configuration.current
    form = _form(language, receipt, draft, configuration, link.reader)
    is_corrected = receipt.classification.method == "person"
    return _page(language, form, title="title_corrected" if is_corrected else "title")


@door.post("/c/{token}")
async def correct(request: Request, token: str) -> Response:
    """Record the category that the agent chose."""
    language = _language_of(request)
    texts = _TEXTS[language]
    fields = _read_form(await limited_body(request))
    try:
        link, receipt, draft = await _find_inquiry(request, token)
    except WrongLink as error:
        return _refuse(language, error)
    configuration = house(request).configuration.current
    category, intent = fields.get("category", [""])[0], fields.get("intent", [None])[0]
    if (wrong := _find_mistake(category, intent, configuration)) is not None:
        form = _form(language, receipt, draft, configuration, link.reader)
        return _page(language, render_note(texts[wrong]) + form, 422)
    if _says_the_same(category, intent, receipt.classification):
        return _page(language, render_note(texts["same"]), title="title_corrected")
    typed = clean_line(fields.get("who", [""])[0][:_MAX_NAME_CHARS])
    said = Correction(who=link.reader or typed or texts["agent"], category=category, intent=intent)
    return await _record(request, language, link, said)


def _find_mistake(category: str, intent: str | None, configuration: Configuration) -> str | None:
    """The name of the text that says what to do; None if the choice can be used."""
    if category not in configuration.category_ids:
        return "pick"
    fits = intent is None or configuration.own_intents.category_of.get(intent) == category
    return None if fits else "apart"


def _says_the_same(category: str, intent: str | None, present: Classification) -> bool:
    """True if a person has said the same before."""
    is_new = intent is not None and intent != present.intent
    return category == present.category and present.method == "person" and not is_new


async def _record(
    request: Request, language: str, link: OpenedLink, correction: Correction
) -> Response:
    rooms, now = house(request), utc_now()
    actor = f"{_ACTOR}:{link.reader}" if link.reader is not None else _ACTOR
    act = make_act(request, actor, "correct_by_link", now, changes_settings=False)
    act = replace(act, names={"inquiry_id": link.inquiry_id})
    try:
        with doing(act):
            after = await rooms.corrections.correct(
                link.inquiry_id, correction, actor, now, link=link
            )
        await rooms.audit.finish(act)
    except LinkUsedUp:
        note = render_note(_TEXTS[language]["used"])
        return _page(language, note, 410, title="title_refused")
    except (Invalid, NotFound) as error:
        return _page(language, render_note(error.detail), error.status)
    team = rooms.configuration.current.teams.by_id.get(after.decision.team)
    name = team.name(language) if team else after.decision.team
    note = render_note(f"{_TEXTS[language]['done']} {name}.")
    return _page(language, note, title="title_saved")


def _read_form(body: bytes) -> dict[str, list[str]]:
    """Read the fields of the form, which has three; none of a body with very many."""
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return {}


async def _find_inquiry(request: Request, token: str) -> tuple[OpenedLink, Receipt, Draft]:
    rooms = house(request)
    link = await rooms.correction_links.open(token, utc_now())

    def work(connection: Connection) -> tuple[Receipt, Draft]:
        row = store.find_inquiry(connection, link.inquiry_id)
        return store.read_receipt(connection, row), read_draft(row)

    try:
        return link, *await rooms.database.read(work)
    except NotFound:
        raise WrongLink from None


def _language_of(request: Request) -> str:
    accepted = request.headers.get("accept-language", "")
    return choose_language(request.query_params.get("lang"), accepted)


def _form(
    language: str,
    receipt: Receipt,
    draft: Draft,
    configuration: Configuration,
    reader: str | None,
) -> str:
    texts = _TEXTS[language]
    text = "\n".join(filter(None, (draft.subject, draft.text)))[:_SHOWN_CHARS]
    choices = "".join(
        '<label class="choice"><input type="radio" name="category" '
        f'value="{escape(category)}" required>'
        f"<span>{escape(_name_category(language, category, configuration))}</span></label>"
        for category in configuration.category_ids
    )
    return (
        f"<h2>{texts['inquiry']} {escape(receipt.reference)}</h2><p class='said'>{escape(text)}</p>"
        f"<h2>{texts['decided']}</h2>"
        f"<p>{escape(_describe_decision(language, receipt, configuration))}</p>"
        f"{_why(texts, receipt.classification)}"
        f"<form method='post' action='?lang={language}'>"
        f"<fieldset><h2>{texts['right']}</h2>{choices}</fieldset>"
        f"<h2><label for='intent'>{texts['intent']}</label></h2>"
        f"<select id='intent' name='intent'><option></option>"
        f"{_intents(language, configuration)}</select>"
        f"{_who(texts, reader)}<button type='submit'>{texts['send']}</button></form>"
    )


def _why(texts: dict[str, str], classification: Classification) -> str:
    """The words that decided, if a model did."""
    words = telling_words(entry.text for entry in classification.evidence)
    return f"<p>{texts['why']}: {escape(', '.join(words))}</p>" if words else ""


def _who(texts: dict[str, str], reader: str | None) -> str:
    """The field for a name; the name itself if the link is bound to its reader."""
    if reader is not None:
        return f"<p>{escape(texts['as'].format(name=reader))}</p>"
    return (
        f"<h2><label for='who'>{texts['who']}</label></h2>"
        f"<input type='text' id='who' name='who' maxlength='{_MAX_NAME_CHARS}' autocomplete='name'>"
    )


def _intents(language: str, configuration: Configuration) -> str:
    """The intents to choose from, in a group for each category."""
    own, groups = configuration.own_intents, []
    for category in configuration.category_ids:
        options = "".join(
            f"<option value='{escape(intent)}'>{escape(own.name(intent, language))}</option>"
            for intent, belongs_to in own.category_of.items()
            if belongs_to == category
        )
        label = escape(_name_category(language, category, configuration))
        groups.append(f"<optgroup label='{label}'>{options}</optgroup>" if options else "")
    return "".join(groups)


def _describe_decision(language: str, receipt: Receipt, configuration: Configuration) -> str:
    texts, classification = _TEXTS[language], receipt.classification
    sure = texts["sure"].format(percent=round(100 * classification.confidence))
    if classification.method == "person":
        sure = texts["by_person"]
    decided = f"{_name_category(language, classification.category, configuration)} ({sure})"
    if classification.intent is not None:
        decided = f"{configuration.own_intents.name(classification.intent, language)} – {decided}"
    team = configuration.teams.by_id.get(receipt.decision.team)
    return decided if team is None else f"{decided} → {team.name(language)}"


def _name_category(language: str, category: str, configuration: Configuration) -> str:
    own = {one.id: one.names for one in configuration.own_categories.categories}
    named = _CHOICES.get(category) or own.get(category) or {}
    return named.get(language) or named.get("en") or category


def _refuse(language: str, error: WrongLink) -> Response:
    text = _TEXTS[language]["over" if error.expired else "wrong"]
    status = 410 if error.expired else 404
    return _page(language, render_note(text), status, title="title_refused")


def _page(language: str, content: str, status: int = 200, *, title: str = "title") -> Response:
    return render_page(language, _TEXTS[language][title], content, status)
