"""Everything that telling people needs to know of the company, from settings and the roster."""

from collections.abc import Iterable

from inquiry_router.configuration.model import Configuration
from inquiry_router.providers import CHANNELS, REPLYING
from inquiry_router.providers.smtp import SmtpMail
from inquiry_router.staff.model import Member
from inquiry_router.telling.model import Colleague, Colleagues, Outlet
from inquiry_router.telling.planning import Office
from inquiry_router.telling.texts import Wordbook


def office_of(configuration: Configuration, members: Iterable[Member]) -> Office:
    """Collect channels, people and helpdesks; what each person prefers is read when it is needed.

    Salespeople of the phone settings who are not among the staff are reached by their number.
    """
    people = [
        Colleague(one.id, one.name, one.kind, one.email, one.phone, one.language, one.teams)
        for one in members
    ]
    known = {one.name.casefold() for one in people}
    people += [
        Colleague(f"phone:{one.name}"[:64], one.name, "salesperson", phone=one.number)
        for one in configuration.phone.salespeople
        if one.name.casefold() not in known
    ]
    mails = {
        one.id: str(one.settings["from_address"]).lower()
        for one in configuration.destinations
        if one.kind == SmtpMail.kind
    }
    return Office(
        configuration.telling,
        {
            one.id: Outlet(one.id, one.kind, one.enabled)
            for one in configuration.destinations
            if one.kind in CHANNELS
        },
        Colleagues.of(people),
        {
            one.source: one.id
            for one in configuration.destinations
            if one.enabled and one.source is not None and one.kind in REPLYING
        },
        {channel: address.rpartition("@")[2] for channel, address in mails.items()},
        frozenset(mails.values()),
    )


def wordbook_of(configuration: Configuration) -> Wordbook:
    """Collect the names that messages to people use."""
    categories = {one.id: one.names for one in configuration.own_categories.categories}
    return Wordbook(configuration.teams.by_id, categories, configuration.telling.zone)
