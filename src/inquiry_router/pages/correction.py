"""The page behind a correction link: an agent sees a decision and corrects it, without a login.

Looking at the page changes nothing, so mail scanners that follow links do no harm.
"""

from dataclasses import replace
from typing import Final

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
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.inquiry.model import Classification, Draft, Receipt
from inquiry_router.pages.choices import intents_by_category
from inquiry_router.pages.kit import language_of, names_for, render
from inquiry_router.pages.routing import SentForm
from inquiry_router.pages.texts import texts_of
from inquiry_router.process.clock import utc_now
from inquiry_router.text.telling_words import telling_words

door = APIRouter(include_in_schema=False)

# The part of the inquiry that is shown: enough to recognise it.
_SHOWN_CHARS: Final = 600
_MAX_NAME_CHARS: Final = 200
_ACTOR: Final = "correction-link"


@door.get("/c/{token}")
async def show_decision(request: Request, token: str) -> Response:
    """Show the decision and the categories to choose from."""
    try:
        link, receipt, draft = await _find_inquiry(request, token)
    except WrongLink as error:
        return _refuse(request, error)
    is_corrected = receipt.classification.method == "person"
    title = "title_corrected" if is_corrected else "title"
    return _show_form(request, link, receipt, draft, title=title)


@door.post("/c/{token}")
async def correct(request: Request, token: str) -> Response:
    """Record the category that the agent chose."""
    form = SentForm(await limited_body(request))
    try:
        link, receipt, draft = await _find_inquiry(request, token)
    except WrongLink as error:
        return _refuse(request, error)
    configuration = house(request).configuration.current
    category, intent = form.raw("category"), form.raw("intent") or None
    if (wrong := _find_mistake(category, intent, configuration)) is not None:
        return _show_form(request, link, receipt, draft, 422, note=wrong)
    if _says_the_same(category, intent, receipt.classification):
        return _say(request, "same", title="title_corrected")
    typed = form.line("who", _MAX_NAME_CHARS)
    agent = texts_of("correction", language_of(request))["agent"]
    said = Correction(who=link.reader or typed or agent, category=category, intent=intent)
    return await _record(request, link, said)


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


async def _record(request: Request, link: OpenedLink, correction: Correction) -> Response:
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
        return _say(request, "used", 410, title="title_refused")
    except (Invalid, NotFound) as error:
        return render(
            request, "correction.html", error.status, title="title", note=error.detail, form=None
        )
    team = rooms.configuration.current.teams.by_id.get(after.decision.team)
    name = team.name(language_of(request)) if team else after.decision.team
    note = f"{texts_of('correction', language_of(request))['done']} {name}."
    return render(request, "correction.html", title="title_saved", note=note, form=None)


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


def _show_form(
    request: Request,
    link: OpenedLink,
    receipt: Receipt,
    draft: Draft,
    status: int = 200,
    *,
    title: str = "title",
    note: str | None = None,
) -> Response:
    """Show the decision with the form below it; `note` is the name of a text above both."""
    configuration = house(request).configuration.current
    names = names_for(request)
    texts = texts_of("correction", names.language)
    form = {
        "reference": receipt.reference,
        "text": "\n".join(filter(None, (draft.subject, draft.text)))[:_SHOWN_CHARS],
        "decided": _describe_decision(request, receipt, configuration),
        "words": telling_words(one.text for one in receipt.classification.evidence),
        "choices": [(one, names.choice(one)) for one in configuration.category_ids],
        "intents": intents_by_category(configuration, names),
        "reader": link.reader,
    }
    said = texts[note] if note is not None else None
    return render(request, "correction.html", status, title=title, note=said, form=form)


def _describe_decision(request: Request, receipt: Receipt, configuration: Configuration) -> str:
    names, classification = names_for(request), receipt.classification
    texts = texts_of("correction", names.language)
    sure = texts("sure", percent=round(100 * classification.confidence))
    if classification.method == "person":
        sure = texts["by_person"]
    decided = f"{names.choice(classification.category)} ({sure})"
    if classification.intent is not None:
        decided = f"{names.intent(classification.intent)} – {decided}"
    team = configuration.teams.by_id.get(receipt.decision.team)
    return decided if team is None else f"{decided} → {team.name(names.language)}"


def _refuse(request: Request, error: WrongLink) -> Response:
    if error.expired:
        return _say(request, "over", 410, title="title_refused")
    return _say(request, "wrong", 404, title="title_refused")


def _say(request: Request, note: str, status: int = 200, *, title: str) -> Response:
    """Show a text alone."""
    said = texts_of("correction", language_of(request))[note]
    return render(request, "correction.html", status, title=title, note=said, form=None)
