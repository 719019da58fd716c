"""The small page behind the link in a helpdesk note: it shows a decision and lets an agent say what was right, with no login.

Looking at it changes nothing, so mail scanners that follow links do no harm. It has no script and loads nothing.
"""

from html import escape
from typing import Any, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection
from starlette.responses import HTMLResponse

from inquiry_router.api.web.routing import house, limited_body
from inquiry_router.configuration.model import Configuration
from inquiry_router.corrections.service import Correction
from inquiry_router.corrections.tokens import WrongLink
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.categories import CATEGORIES
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.inquiry.model import Draft, Receipt
from inquiry_router.intake.cleaning import clean_line
from inquiry_router.process.clock import utc_now

door = APIRouter(include_in_schema=False)

# How much of the inquiry is shown: enough to know it again.
_SHOWN: Final = 600
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_ACTOR: Final = "correction-link"
_WORDS: Final[dict[str, dict[str, str]]] = {
    "pl": {
        "title": "Czy to dobra decyzja?",
        "inquiry": "Zgłoszenie",
        "decided": "Decyzja routera",
        "sure": "pewność {percent}%",
        "by_person": "poprawione przez człowieka",
        "right": "Co było właściwe?",
        "who": "Twoje imię (nieobowiązkowe)",
        "send": "Zapisz poprawkę",
        "done": "Dziękujemy, zapisano. Zgłoszenie trafi do zespołu:",
        "same": "Tak już jest zapisane. Nic nie zmieniono.",
        "over": "Ten link stracił ważność. Zgłoszenie można poprawić w ustawieniach routera albo poprosić o to administratora.",
        "wrong": "Ten link jest niepełny albo błędny. Skopiuj go w całości z notatki w helpdesku.",
        "pick": "Wybierz kategorię i wyślij jeszcze raz.",
        "other_language": "English",
        "agent": "agent",
    },
    "en": {
        "title": "Was this right?",
        "inquiry": "Inquiry",
        "decided": "The router decided",
        "sure": "{percent}% sure",
        "by_person": "corrected by a person",
        "right": "What was right?",
        "who": "Your name (if you like)",
        "send": "Save the correction",
        "done": "Thank you, it is saved. The inquiry goes to:",
        "same": "That is what it says already. Nothing was changed.",
        "over": "The time of this link is over. Ask an admin to correct the inquiry.",
        "wrong": "This link is incomplete or wrong. Copy all of it from the note in the helpdesk.",
        "pick": "Choose a category and send it again.",
        "other_language": "polski",
        "agent": "an agent",
    },
}
_CHOICES: Final = {category.id: category.choice for category in CATEGORIES}
_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #fff; --line: #d5dbe3; --main: #0b5cad;
  --back: #f3f5f8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ecf2; --soft: #a2adbb; --paper: #1b222c; --line: #38424f; --main: #6cb2f5; --back: #11161d; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--back); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 38rem; margin: 0 auto; padding: 1.25rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: .75rem; }
h1 { margin: 0 0 .75rem; font-size: 1.35rem; }
h2 { margin: 1.25rem 0 .25rem; font-size: .85rem; font-weight: 600; color: var(--soft); }
p { margin: 0; }
.said { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--line); padding-left: .75rem; }
.note { padding: .75rem; border: 1px solid var(--main); border-radius: .5rem; }
fieldset { border: 0; margin: 0; padding: 0; }
label.choice { display: flex; gap: .6rem; padding: .55rem .25rem; border-bottom: 1px solid var(--line); cursor: pointer; }
input[type=text] { width: 100%; padding: .5rem; font: inherit; color: inherit; background: var(--back);
  border: 1px solid var(--line); border-radius: .4rem; }
button { margin-top: 1rem; padding: .65rem 1.2rem; font: inherit; font-weight: 600; color: var(--paper); background: var(--main);
  border: 0; border-radius: .5rem; cursor: pointer; }
nav { margin-top: 1rem; font-size: .85rem; }
a { color: var(--main); }
"""


@door.get("/c/{token}")
async def look(request: Request, token: str) -> Response:
    """Show the decision and the choice."""
    language = _language(request)
    try:
        receipt, draft = await _find(request, token)
    except WrongLink as error:
        return _plain(
            language,
            "over" if error.expired else "wrong",
            410 if error.expired else 404,
        )
    configuration = house(request).configuration.current
    return _page(language, _form(language, receipt, draft, configuration))


@door.post("/c/{token}")
async def say(request: Request, token: str) -> Response:
    """Record what the agent says was right."""
    language = _language(request)
    words = _WORDS[language]
    sent = _sent(await limited_body(request))
    try:
        receipt, draft = await _find(request, token)
    except WrongLink as error:
        return _plain(
            language,
            "over" if error.expired else "wrong",
            410 if error.expired else 404,
        )
    rooms = house(request)
    configuration = rooms.configuration.current
    category = sent.get("category", [""])[0]
    if category not in configuration.category_ids:
        return _page(
            language, _note(words["pick"]) + _form(language, receipt, draft, configuration), 422
        )
    if category == receipt.classification.category and receipt.classification.method == "person":
        return _page(language, _note(words["same"]))
    who = clean_line(sent.get("who", [""])[0][:200]) or words["agent"]
    try:
        after = await rooms.corrections.correct(
            receipt.id, Correction(who=who, category=category), _ACTOR, utc_now()
        )
    except (Invalid, NotFound) as error:
        return _page(language, _note(error.detail), error.status)
    team = configuration.teams.by_id.get(after.decision.team)
    name = team.name(language) if team else after.decision.team
    return _page(language, _note(f"{words['done']} {name}."))


def _sent(body: bytes) -> dict[str, list[str]]:
    """The fields of the form; none of one that is not ours, which has two."""
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return {}


async def _find(request: Request, token: str) -> tuple[Receipt, Draft]:
    rooms = house(request)
    inquiry_id = await rooms.correction_links.inquiry_of(token, utc_now())

    def work(connection: Connection) -> tuple[Receipt, Draft]:
        row = store.find_inquiry(connection, inquiry_id)
        return store.read_receipt(connection, row), read_draft(row)

    try:
        return await rooms.database.read(work)
    except NotFound:
        raise WrongLink from None


def _language(request: Request) -> str:
    """As the link in the page says, else as the browser prefers; Polish when it prefers neither."""
    asked = request.query_params.get("lang")
    if asked in _WORDS:
        return asked
    wanted = [
        part.strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")
    ]
    return next((language for language in wanted if language in _WORDS), "pl")


def _form(language: str, receipt: Receipt, draft: Draft, configuration: Configuration) -> str:
    words, classification = _WORDS[language], receipt.classification
    by_person = classification.method == "person"
    sure = (
        words["by_person"]
        if by_person
        else words["sure"].format(percent=round(100 * classification.confidence))
    )
    team = configuration.teams.by_id.get(receipt.decision.team)
    decided = f"{_category(language, classification.category, configuration)} ({sure})"
    if team is not None:
        decided += f" → {team.name(language)}"
    said = "\n".join(filter(None, (draft.subject, draft.text)))[:_SHOWN]
    choices = "".join(
        f'<label class="choice"><input type="radio" name="category" value="{escape(category)}" required>'
        f"<span>{escape(_category(language, category, configuration))}</span></label>"
        for category in configuration.category_ids
    )
    return (
        f"<h2>{words['inquiry']} {escape(receipt.reference)}</h2><p class='said'>{escape(said)}</p>"
        f"<h2>{words['decided']}</h2><p>{escape(decided)}</p>"
        f"<form method='post' action='?lang={language}'><fieldset><h2>{words['right']}</h2>{choices}</fieldset>"
        f"<h2><label for='who'>{words['who']}</label></h2>"
        f"<input type='text' id='who' name='who' maxlength='200' autocomplete='name'>"
        f"<button type='submit'>{words['send']}</button></form>"
    )


def _category(language: str, category: str, configuration: Configuration) -> str:
    own = {one.id: one.names for one in configuration.own_categories.categories}
    named = _CHOICES.get(category) or own.get(category) or {}
    return named.get(language) or named.get("en") or category


def _note(text: str) -> str:
    return f"<p class='note' role='status'>{escape(text)}</p>"


def _plain(language: str, words: str, status: int) -> Response:
    return _page(language, _note(_WORDS[language][words]), status)


def _page(language: str, content: str, status: int = 200) -> Response:
    words: dict[str, Any] = _WORDS[language]
    other = "en" if language == "pl" else "pl"
    page = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{words['title']}</title><link rel='icon' href='data:,'><style>{_STYLE}</style></head>"
        f"<body><main><h1>{words['title']}</h1>{content}"
        f"<nav><a href='?lang={other}' hreflang='{other}'>{words['other_language']}</a></nav></main></body></html>"
    )
    return HTMLResponse(page, status, {"content-security-policy": _CSP})
