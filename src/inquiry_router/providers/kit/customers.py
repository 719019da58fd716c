"""The lines of a note that say who the customer is to us: owner, open matters, last complaint."""

from collections.abc import Mapping
from typing import Any, Final

_SIGNS: Final = {
    "the mail domain": {"pl": "domena poczty", "en": "mail domain", "de": "Maildomain"},
    "the name of the company": {"pl": "nazwa firmy", "en": "company name", "de": "Firmenname"},
    "the tax id in the text": {"pl": "NIP w treści", "en": "tax id", "de": "Steuernummer im Text"},
    "an address in the text": {
        "pl": "adres w treści",
        "en": "address in the text",
        "de": "Adresse im Text",
    },
    "a number in the text": {
        "pl": "numer w treści",
        "en": "number in the text",
        "de": "Nummer im Text",
    },
    "the address": {"pl": "adres", "en": "address", "de": "Adresse"},
    "the number": {"pl": "numer", "en": "number", "de": "Nummer"},
}
_TEXTS: Final = {
    "pl": {
        "customer": "Klient: {name}",
        "owner": "opiekun: {owner}",
        "nobody": "bez opiekuna",
        "open": "Inne otwarte sprawy: {count}",
        "none_open": "Inne otwarte sprawy: brak",
        "complaint": "Ostatnia reklamacja: {date}, {reference} ({state})",
        "no_complaint": "Ostatnia reklamacja: brak w ostatnim roku",
        "is_open": "w toku",
        "resolved": "załatwiona",
        "maybe": "Być może klient: {names}",
    },
    "en": {
        "customer": "Customer: {name}",
        "owner": "owner: {owner}",
        "nobody": "no owner",
        "open": "Other open matters: {count}",
        "none_open": "Other open matters: none",
        "complaint": "Last complaint: {date}, {reference} ({state})",
        "no_complaint": "Last complaint: none in the last year",
        "is_open": "open",
        "resolved": "resolved",
        "maybe": "Perhaps the customer {names}",
    },
    "de": {
        "customer": "Kunde: {name}",
        "owner": "Betreuer: {owner}",
        "nobody": "ohne Betreuer",
        "open": "Weitere offene Vorgänge: {count}",
        "none_open": "Weitere offene Vorgänge: keine",
        "complaint": "Letzte Reklamation: {date}, {reference} ({state})",
        "no_complaint": "Letzte Reklamation: keine im letzten Jahr",
        "is_open": "offen",
        "resolved": "erledigt",
        "maybe": "Vielleicht der Kunde {names}",
    },
}


def customer_in(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take the account, and those that it may be, out of the data of an event."""
    return {name: data.get(name) for name in ("account", "maybe_accounts")}


def customer_lines(customer: Mapping[str, Any], language: str) -> list[str]:
    """Three lines about a sure account; one if it is only maybe, none for a stranger."""
    texts, account = _TEXTS[language], customer.get("account")
    if account is None:
        names = [_maybe(one, language) for one in customer.get("maybe_accounts") or ()]
        return [texts["maybe"].format(names="; ".join(names))] if names else []
    owner = account.get("roles", {}).get("owner")
    known = [texts["customer"].format(name=_name(account)), account.get("tier")]
    ours = texts["owner"].format(owner=owner) if owner else texts["nobody"]
    count = account.get("open_matters", 0)
    return [
        ", ".join([*filter(None, known), ours]),
        texts["open"].format(count=count) if count else texts["none_open"],
        _complaint(account.get("last_complaint"), texts),
    ]


def _name(account: Mapping[str, Any]) -> str:
    external_id = account.get("external_id")
    return f"{account['name']} ({external_id})" if external_id else str(account["name"])


def _maybe(account: Mapping[str, Any], language: str) -> str:
    sign = _SIGNS.get(account["sign"], {}).get(language, account["sign"])
    return f"{_name(account)} – {sign}"


def _complaint(last: Mapping[str, Any] | None, texts: Mapping[str, str]) -> str:
    if last is None:
        return texts["no_complaint"]
    state = texts["is_open" if last["is_open"] else "resolved"]
    date = str(last["received_at"])[:10]
    return texts["complaint"].format(date=date, reference=last["reference"], state=state)
