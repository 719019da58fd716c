"""The bodies and answers about accounts."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from inquiry_router.accounts.model import (
    AccountContact,
    AccountData,
    ContactPoint,
    PointKind,
    StoredAccount,
    read_domain_point,
    read_email_point,
    read_phone_point,
)
from inquiry_router.api.schemas.fields import StrictBody, read_only
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.routing.fields import Language, Slug
from inquiry_router.text.tax_number import read_tax_number

_Line = StringConstraints(min_length=1, max_length=200, strip_whitespace=True)
Name = Annotated[str, _Line]
_PersonName = Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)]
_Written = StringConstraints(min_length=3, max_length=254, strip_whitespace=True)


def _read_email(written: str) -> str:
    """Read an address. The answer never quotes it, unlike that about a file."""
    try:
        return read_email_point(written).value
    except ValueError:
        raise ValueError("is no e-mail address: write it as anna@hydro-bud.example") from None


def _read_phone(written: str) -> str:
    """Read a number. The answer never quotes it."""
    try:
        return read_phone_point(written).value
    except ValueError:
        raise ValueError("is no phone number: write it as +48 601 234 567") from None


Email = Annotated[str, _Written, AfterValidator(_read_email)]
Phone = Annotated[str, _Written, AfterValidator(_read_phone)]
Domain = Annotated[str, _Written, AfterValidator(lambda one: read_domain_point(one).value)]
_EXAMPLE: dict[str, Any] = {
    "name": "Hydro-Bud sp. z o.o.",
    "tax_id": "526-000-12-46",
    "external_id": "K-1024",
    "tier": "gold",
    "emails": ["biuro@hydro-bud.example"],
    "domains": ["hydro-bud.example"],
    "contacts": [{"name": "Anna Kowalska", "phones": ["601 234 567"]}],
    "roles": {"owner": "Bartek Wilk", "service_carer": "Celina Maj"},
}


def _no_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


TaxId = Annotated[
    str,
    StringConstraints(min_length=4, max_length=40, strip_whitespace=True),
    AfterValidator(read_tax_number),
]


class AccountContactIn(StrictBody):
    """A person at the customer."""

    name: Name = Field(description="Their name.", examples=["Anna Kowalska"])
    emails: list[Email] = Field(
        [], max_length=20, description="E-mail addresses.", examples=[["anna@hydro-bud.example"]]
    )
    phones: list[Phone] = Field(
        [], max_length=20, description="Phone numbers.", examples=[["+48601234567"]]
    )

    @property
    def value(self) -> AccountContact:
        """The person with their contact points."""
        return AccountContact(self.name, _points(self.emails, self.phones))


class AccountIn(StrictBody):
    """A company that is a customer."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: Name = Field(description="Its name.", examples=["Hydro-Bud sp. z o.o."])
    tax_id: Annotated[TaxId | None, BeforeValidator(_no_blank)] = Field(
        None,
        description="NIP in any spelling, checked; of a foreign company its VAT number with the "
        "country. Branches may share one.",
        examples=["5260001246"],
    )
    external_id: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = Field(
        None,
        description="Its id in your own system; imports recognise it by this.",
        examples=["K-1024"],
    )
    tier: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        None, description="A word of your own that rules may ask for.", examples=["gold"]
    )
    language: Language | None = Field(
        None, description="The language it wants, ISO 639-1.", examples=["pl"]
    )
    brand: Name | None = Field(
        None, description="The brand under which it knows you.", examples=["Acme"]
    )
    notes: Annotated[str, StringConstraints(max_length=4000)] | None = Field(
        None, description="For people.", examples=["Płaci przelewem."]
    )
    emails: list[Email] = Field(
        [],
        max_length=500,
        description="E-mail addresses of nobody in particular.",
        examples=[["biuro@hydro-bud.example"]],
    )
    phones: list[Phone] = Field(
        [],
        max_length=500,
        description="Phone numbers of nobody in particular.",
        examples=[["+48221234567"]],
    )
    domains: list[Domain] = Field(
        [],
        max_length=50,
        description="Mail domains. Those of free mail belong to nobody.",
        examples=[["hydro-bud.example"]],
    )
    contacts: list[AccountContactIn] = Field(
        [], max_length=500, description="The people there.", examples=[[]]
    )
    roles: dict[Slug, _PersonName] = Field(
        {},
        max_length=20,
        description="Our people for it: owner (its salesperson), deputy, service_carer, "
        "accounts_clerk, or another role of yours.",
        examples=[{"owner": "Bartek Wilk"}],
    )

    @property
    def value(self) -> AccountData:
        """The account as a value."""
        return AccountData(
            name=self.name,
            tax_id=self.tax_id,
            external_id=self.external_id,
            tier=self.tier,
            language=self.language,
            brand=self.brand,
            notes=self.notes,
            points=_points(self.emails, self.phones, self.domains),
            contacts=tuple(one.value for one in self.contacts),
            roles=dict(self.roles),
        )


def _points(
    emails: list[str], phones: list[str], domains: list[str] | None = None
) -> tuple[ContactPoint, ...]:
    found = (
        *map(read_email_point, emails),
        *map(read_phone_point, phones),
        *map(read_domain_point, domains or ()),
    )
    return tuple({one.value: one for one in found}.values())


class ChangedAccount(AccountIn):
    """An account as it is to be; it may be the one that was read, edited."""

    id: str | None = read_only("the id.")
    provisional: bool | None = read_only("made of a phone number alone.")
    created_at: str | None = read_only("the time it was made.")
    changed_at: str | None = read_only("the time of the last change.")


class AccountWhole(AccountIn):
    """An account as it is stored."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": []})

    id: str = Field(description="Its id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    provisional: bool = Field(
        description="Made of a phone number of the former phone settings. An import, or an account "
        "in which you enter the number, takes it over.",
        examples=[False],
    )
    created_at: str = Field(
        description="When it was made, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )
    changed_at: str = Field(
        description="When it was changed last, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )


class AccountPage(BaseModel):
    """Accounts, the newest first."""

    items: list[AccountWhole] = Field(description="The accounts of this page.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null at the end.", examples=[None]
    )


class MatchIn(StrictBody):
    """Everything by which an account may be recognised."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"email": "anna@hydro-bud.example"}]}
    )

    email: Annotated[str, StringConstraints(max_length=254)] | None = Field(
        None, description="The customer's address.", examples=["anna@hydro-bud.example"]
    )
    phone: Annotated[str, StringConstraints(max_length=60)] | None = Field(
        None, description="The customer's number.", examples=["601 234 567"]
    )
    company: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="The name of the company.", examples=["Hydro-Bud"]
    )
    text: Annotated[str, StringConstraints(max_length=20_000)] = Field(
        "", description="What they wrote; a NIP in it counts.", examples=["NIP 526-000-12-46"]
    )


def account_json(stored: StoredAccount) -> dict[str, Any]:
    """Render an account for answers."""
    data = stored.data
    return {
        "id": stored.id,
        "name": data.name,
        "tax_id": data.tax_id,
        "external_id": data.external_id,
        "tier": data.tier,
        "language": data.language,
        "brand": data.brand,
        "notes": data.notes,
        "emails": _values(data.points, PointKind.EMAIL),
        "phones": _values(data.points, PointKind.PHONE),
        "domains": _values(data.points, PointKind.DOMAIN),
        "contacts": [
            {
                "name": who.name,
                "emails": _values(who.points, PointKind.EMAIL),
                "phones": _values(who.points, PointKind.PHONE),
            }
            for who in data.contacts
        ],
        "roles": data.roles,
        "provisional": stored.provisional,
        "created_at": format_time(stored.created_at),
        "changed_at": format_time(stored.changed_at),
    }


def _values(points: tuple[ContactPoint, ...], kind: PointKind) -> list[str]:
    return [one.value for one in points if one.kind is kind]
