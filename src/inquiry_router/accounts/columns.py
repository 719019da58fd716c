"""The columns of files of accounts, by the names that people and programs give them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inquiry_router.entities.words import phrase_list
from inquiry_router.text.folding import fold_words

ROLE_PREFIX: Final = "role:"
# Put a column that is not to be read on this name.
IGNORED: Final = "ignore"
# Fields of an account, with the headings of Subiekt, Comarch Optima, CRM exports and people.
_HEADINGS: Final = {
    "external_id": "external id|id|kod|symbol|akronim|kod kontrahenta|symbol kontrahenta"
    "|numer kontrahenta|nr kontrahenta|identyfikator|id klienta|id firmy|record id|company id"
    "|account number|kundennummer",
    "name": "name|nazwa|nazwa firmy|pelna nazwa|nazwa pelna|nazwa 1|nazwa kontrahenta|kontrahent"
    "|firma|klient|company|company name|account name|firmenname",
    "tax_id": "nip|nr nip|numer nip|nip ue|vat|vat id|vat number|tax id|regon nip|ust id"
    "|ust idnr|ustidnr|nip pesel",
    "tier": "tier|segment|grupa|grupa kontrahentow|klasa|kategoria klienta|rating|abc",
    "language": "language|jezyk|sprache",
    "brand": "brand|marka|marke",
    "notes": "notes|uwagi|opis|notatki|komentarz|description|bemerkungen",
    "email": "email|e mail|adres e mail|adres email|mail|poczta|e mail address|email address"
    "|email 1|e mail 1|email 2|e mail 2|email do faktur|e mail do faktur",
    "phone": "phone|telefon|tel|nr telefonu|numer telefonu|telefon 1|telefon 2|telefon 3"
    "|telefon komorkowy|telefon glowny|komorka|kom|tel kom|gsm|mobile|mobile phone|phone number"
    "|work phone|telefonnummer|handy",
    "domain": "domain|domena|www|strona www|adres www|strona internetowa|website|web"
    "|company domain name|webseite",
    "contact": "contact|kontakt|osoba kontaktowa|imie i nazwisko|przedstawiciel|contact name"
    "|contact person|full name|ansprechpartner",
    "role:owner": "owner|opiekun|opiekun klienta|opiekun handlowy|handlowiec|account owner"
    "|company owner|account manager|wlasciciel|vertriebsmitarbeiter",
    "role:deputy": "deputy|zastepca|zastepca opiekuna|vertreter",
    "role:service_carer": "service carer|opiekun serwisowy|serwisant|servicebetreuer",
    "role:accounts_clerk": "accounts clerk|ksiegowa|ksiegowy|opiekun rozliczen|buchhaltung",
}
_FIELD_OF: Final = {
    heading: field for field, written in _HEADINGS.items() for heading in phrase_list(written)
}
FIELDS: Final = tuple(_HEADINGS)
# Fields of which an account has several.
SEVERAL: Final = frozenset({"email", "phone", "domain"})


@dataclass(frozen=True, slots=True)
class Layout:
    """The field of each column, None for one that is not read; `ignored` are the others' names."""

    headings: tuple[str, ...]
    fields: tuple[str | None, ...]

    @property
    def ignored(self) -> list[str]:
        """The headings of columns that are not read."""
        pairs = zip(self.headings, self.fields, strict=True)
        return [heading for heading, field in pairs if field is None and heading]

    @property
    def read(self) -> dict[str, str]:
        """The headings that are read, each with its field."""
        pairs = zip(self.headings, self.fields, strict=True)
        return {heading: field for heading, field in pairs if field is not None}


def layout_of(headings: Sequence[str], mapping: Mapping[str, str]) -> Layout:
    """Find the field of each column. `mapping` names fields by heading, and stands above all.

    Raises `ValueError` with the cure.
    """
    wanted = {_folded(heading): _require_field(field) for heading, field in mapping.items()}
    present = [_folded(heading) for heading in headings]
    missing = next((one for one in mapping if _folded(one) not in present), None)
    if missing is not None:
        raise ValueError(
            f"there is no column '{missing}'; the file has: {', '.join(filter(None, headings))}"
        )
    taken: set[str] = set(wanted.values()) - SEVERAL
    fields: list[str | None] = []
    for heading in present:
        field = wanted.get(heading, _FIELD_OF.get(heading))
        if heading not in wanted and field in taken:
            field = None  # the first column of a kind is meant
        if field is not None and field not in SEVERAL:
            taken.add(field)
        fields.append(None if field == IGNORED else field)
    layout = Layout(tuple(headings), tuple(fields))
    _require_key(layout)
    return layout


def _require_field(field: str) -> str:
    if field in (*FIELDS, IGNORED) or field.startswith(ROLE_PREFIX):
        return field
    raise ValueError(
        f"'{field}' is no field of an account; these are: {', '.join(FIELDS)}, role:NAME for a "
        f"role of your own, and {IGNORED}"
    )


def _require_key(layout: Layout) -> None:
    if not {"external_id", "tax_id"}.intersection(filter(None, layout.fields)):
        headings = ", ".join(filter(None, layout.headings))
        raise ValueError(
            "no column holds the customer's code or NIP, by which the next import finds the same "
            f'account; say which one does, such as {{"Kod": "external_id"}}; the file has: '
            f"{headings}"
        )


def _folded(heading: str) -> str:
    return fold_words(heading).strip()


def role_of(field: str) -> str:
    """The role of a column for one of our people."""
    return field.removeprefix(ROLE_PREFIX)
