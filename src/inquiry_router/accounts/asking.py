"""The question to the company's CRM: whose is this address, number or NIP? Pure.

The settings name an address for each, and where in the answer the fields of an account stand.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import Field, SecretStr, StringConstraints, ValidationInfo, model_validator

from inquiry_router.inquiry.model import Draft, Entity, EntityKind
from inquiry_router.outside.addresses import PUBLIC, check_url
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.provider import ProviderSettings
from inquiry_router.text.tax_number import read_tax_number

_NOT_FOUND: Final = frozenset({404})
_PLACE: Final = "{value}"
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
MappedField = Literal["name", "external_id", "tax_id", "tier", "language", "brand", "owner"]
# The longest values that an account has.
_MAX_CHARS: Final[Mapping[str, int]] = {"external_id": 128, "tier": 64, "owner": 128}
_Path = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Url = Annotated[str, StringConstraints(min_length=8, max_length=1000)]
_HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]

EXAMPLE: Final[dict[str, Any]] = {
    "by_email": "https://crm.acme.example.com/api/contacts?email={value}",
    "by_phone": "https://crm.acme.example.com/api/contacts?phone={value}",
    "secret": "Bearer s3cret",
    "record": "data.0.company",
    "fields": {"name": "name", "external_id": "code", "owner": "salesperson.name"},
}


class CrmSettings(ProviderSettings):
    """The addresses of a CRM, the secret that it asks for, and the way to read its answers."""

    addresses: ClassVar[tuple[str, ...]] = ("by_email", "by_phone", "by_tax_id")

    by_email: _Url | None = Field(
        None, description="The address to ask by e-mail address; {value} is its place."
    )
    by_phone: _Url | None = Field(None, description="The same by number, as +48601234567.")
    by_tax_id: _Url | None = Field(None, description="The same by NIP or VAT number.")
    header: _HeaderName = Field("Authorization", description="The header of the secret.")
    secret: SecretStr | None = Field(None, description="Its value, such as `Bearer s3cret`.")
    headers: dict[_HeaderName, Annotated[str, StringConstraints(max_length=500)]] = Field(
        default_factory=dict, max_length=10, description="Other headers, which are no secrets."
    )
    record: Annotated[str, StringConstraints(max_length=200)] = Field(
        "",
        description="The place of the customer in the answer, such as data.0; empty for all of it. "
        "Nothing there, or 404, means that the CRM knows nobody.",
    )
    fields: dict[MappedField, _Path] = Field(
        description="The fields of an account, by their places below the record. `name` is needed."
    )
    wait_ms: int = Field(
        300, ge=0, le=1000, description="Intake waits no longer; a later answer is added later."
    )
    timeout_ms: int = Field(3000, ge=100, le=10_000, description="The limit of one question.")
    remember_minutes: int = Field(
        60, ge=1, le=10_080, description="Whoever the CRM does not know is not asked about again."
    )
    enabled: bool = Field(True, strict=True, description="False to ask nothing.")

    @model_validator(mode="after")
    def _is_complete(self, info: ValidationInfo) -> Self:
        context: dict[str, Any] = info.context or {}
        given = [(name, getattr(self, name)) for name in self.addresses if getattr(self, name)]
        if not given:
            raise ValueError("by_email: send by_email, by_phone or by_tax_id, one at least")
        for name, url in given:
            if _PLACE not in url:
                raise ValueError(f"{name}: has no place {_PLACE} for the value")
            if _PLACE in "".join(urlsplit(url)[:2]):
                raise ValueError(f"{name}: the host has no places")
            try:
                check_url(url.replace(_PLACE, "0"), context.get("reach", PUBLIC))
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        if "name" not in self.fields:
            raise ValueError("fields: say where `name` stands in the answer")
        return self


@dataclass(frozen=True, slots=True)
class Questioned:
    """The values by which a CRM can be asked about a customer."""

    email: str | None = None
    phone: str | None = None
    tax_id: str | None = None


@dataclass(frozen=True, slots=True)
class CrmRecord:
    """A customer as a CRM knows them."""

    name: str
    external_id: str | None = None
    tax_id: str | None = None
    tier: str | None = None
    language: str | None = None
    brand: str | None = None
    owner: str | None = None


def questioned_in(draft: Draft, entities: Iterable[Entity]) -> Questioned:
    """The values of a message; a tax id only if it names one."""
    found = {one.value for one in entities if one.kind is EntityKind.TAX_ID and one.value}
    tax_id = next(iter(found)) if len(found) == 1 else None
    return Questioned(draft.contact.email, draft.contact.phone, tax_id)


def questions(
    settings: CrmSettings, about: Questioned
) -> Iterator[tuple[Questioned, OutgoingRequest]]:
    """The requests in the order in which they are sent, each with the value that it asks by."""
    asked = (
        (settings.by_email, about.email, Questioned(email=about.email)),
        (settings.by_phone, about.phone, Questioned(phone=about.phone)),
        (settings.by_tax_id, about.tax_id, Questioned(tax_id=about.tax_id)),
    )
    headers = {"accept": "application/json", **settings.headers}
    if settings.secret is not None:
        headers[settings.header] = settings.secret.get_secret_value()
    for template, value, by in asked:
        if template is not None and value is not None:
            url = template.replace(_PLACE, quote(value, safe=""))
            yield by, OutgoingRequest(url, headers, b"", "GET", _NOT_FOUND)


def read_record(settings: CrmSettings, reply: Reply) -> CrmRecord | None:
    """Read an answer; None if the CRM knows nobody. Raises `ValueError` if it is not readable."""
    if reply.status in _NOT_FOUND:
        return None
    said = reply.json()
    if said is None:
        raise ValueError("the CRM's answer is no JSON")
    record = _at(said, settings.record)
    if not record:
        return None
    found = {name: _text(_at(record, path), name) for name, path in settings.fields.items()}
    name = found.get("name")
    if name is None:
        raise ValueError(f"the CRM's answer has no text at '{settings.fields['name']}'")
    return CrmRecord(
        name,
        found.get("external_id"),
        _tax_id(found.get("tax_id")),
        found.get("tier"),
        _language(found.get("language")),
        found.get("brand"),
        found.get("owner"),
    )


def _at(value: Any, path: str) -> Any:
    for step in filter(None, path.split(".")):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value


def _text(value: Any, name: str) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    printable = "".join(one if one.isprintable() else " " for one in str(value))
    return " ".join(printable.split())[: _MAX_CHARS.get(name, 200)] or None


def _tax_id(written: str | None) -> str | None:
    try:
        return read_tax_number(written) if written is not None else None
    except ValueError:
        return None


def _language(written: str | None) -> str | None:
    code = (written or "").strip().lower()[:2]
    return code if _LANGUAGE.fullmatch(code) else None
