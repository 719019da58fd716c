"""Hand a matter over: a text that a salesperson sends, or an inquiry that is not theirs."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.corrections.service import Correction, CorrectionService
from inquiry_router.corrections.tokens import OpenedLink
from inquiry_router.database.session import Database
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.model import Channel, Contact, Draft, Provenance, Receipt
from inquiry_router.intake.mail.parsing import parse_mail
from inquiry_router.introductions.service import not_mine
from inquiry_router.routing.acknowledgement import sentences_for
from inquiry_router.telling.acknowledging import sentence_facts
from inquiry_router.telling.model import Colleague
from inquiry_router.telling.planning import Office


class Handovers:
    """Takes over what salespeople hand over. `on_commit` is called when there is news."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        corrections: CorrectionService,
        office: Callable[[], Office],
        on_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._corrections = corrections
        self._office = office
        self._on_commit = on_commit

    def find_salesperson(self, named: str | None) -> Colleague:
        """Find a salesperson by id, name or address. Raises `Invalid`."""
        colleagues = self._office().colleagues
        found = colleagues.by_id.get(named or "") or colleagues.find(named, named)
        if found is None or found.kind != "salesperson":
            raise Invalid(
                "There is no salesperson of that name.",
                hint="Name one of the staff by id, name or e-mail address, or use their own key.",
            )
        return found

    async def not_mine(
        self,
        inquiry: str,
        who: Colleague,
        actor: str,
        now: datetime,
        link: OpenedLink | None = None,
    ) -> Receipt:
        """Take an inquiry over that a salesperson says is none of theirs.

        From a team of sales it goes to the people who sort out what is unclear; any other one
        stays where it is. Raises `NotFound`, and `LinkUsedUp`.
        """
        receipt = await self._database.read(partial(_read_receipt, inquiry=inquiry))
        teams = self._configuration.current.teams
        team = teams.by_id.get(receipt.decision.team)
        if team is not None and team.kind == "sales":
            said = Correction(who.name, receipt.classification.category, teams.triage.id)
            receipt = await self._corrections.correct(receipt.id, said, actor, now, link=link)
        rulebook = self._configuration.current.rulebook

        def work(connection: Connection) -> None:
            row = store.find_inquiry(connection, receipt.id, for_update=True)
            draft, after = read_draft(row), store.read_receipt(connection, row)
            language = after.classification.language
            said = sentences_for(
                draft, language, after.reference, after.decision, rulebook, after.entities
            )
            not_mine(connection, row.id, who, sentence_facts(after, draft, said), now)

        await self._database.write(work)
        self._on_commit()
        return receipt


def draft_of(text: str, subject: str | None, customer: Contact, who: Colleague) -> Draft:
    """The draft of a text that a salesperson sends, perhaps with the customer's mail in it."""
    mail = parse_mail(subject, text)
    writer = mail.sender or Contact()
    by = Contact(name=who.name, email=who.email, phone=who.phone)
    return Draft(
        channel=Channel.NOTE,
        text=mail.text if mail.sender is not None else text,
        subject=subject,
        contact=customer if customer != Contact() else writer,
        provenance=Provenance(forwarded_by=by),
    )


def _read_receipt(connection: Connection, inquiry: str) -> Receipt:
    return store.read_receipt(connection, store.find_inquiry(connection, inquiry))
