"""What every provider is: settings that explain themselves, and a pure function from a delivery to what goes out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic_core import ErrorDetails

S_contra = TypeVar("S_contra", bound="ProviderSettings", contravariant=True)


class ProviderSettings(BaseModel):
    """The settings of a destination of one kind. Secrets are `SecretStr`, so neither `repr` nor a log shows them.

    Validate with `context={"allow_loopback": True}` where the development setting allows it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def stored(self) -> dict[str, Any]:
        """As plain JSON values with the secrets in the clear: for the `destinations` table only."""
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in self.model_dump(exclude_none=True).items()
        }

    @classmethod
    def secret_names(cls) -> frozenset[str]:
        """The fields that hold secrets."""
        return frozenset(name for name, field in cls.model_fields.items() if "SecretStr" in str(field.annotation))

    @classmethod
    def from_stored(cls, stored: dict[str, Any], *, allow_loopback: bool) -> Self:
        """The inverse of `stored`. Raises `ValueError` in words for an admin, without any of the values."""
        try:
            settings = cls.model_validate(stored, context={"allow_loopback": allow_loopback})
        except ValidationError as error:
            raise ValueError("; ".join(_sentence(problem) for problem in error.errors())) from None
        for name in cls.secret_names():
            # A secret that a default made up just now is nobody's: signatures made with it could not be verified.
            if name not in stored and getattr(settings, name) is not None:
                raise ValueError(f"{name}: is missing; set one and give it to the receiver")
        return settings

    def shown(self) -> dict[str, Any]:
        """As plain JSON values with the secrets masked: what people and logs may see."""
        return self.model_dump(mode="json", exclude_none=True)


@dataclass(frozen=True, slots=True)
class Handover:
    """What a provider needs to know of a delivery. `id` stays the same on every attempt, `payload` is JSON text."""

    id: str
    event: str
    payload: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A POST, ready to be sent."""

    url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of text, ready to be printed."""

    text: str


class Provider(Protocol[S_contra]):
    """One kind of destination. It decides what goes out and does no I/O, so vectors and payloads are its whole test."""

    kind: str
    title: str

    @property
    def settings_model(self) -> type[ProviderSettings]:
        """The model of the settings, with a description and an example for each field."""

    def url(self, settings: S_contra) -> str | None:
        """The URL that will be called, or None when nothing is called."""

    def hand_over(self, settings: S_contra, handover: Handover, at: datetime) -> OutgoingRequest | PrintedLine:
        """What goes out for this delivery in an attempt made at `at`."""


def _sentence(problem: ErrorDetails) -> str:
    place = ".".join(str(name) for name in problem["loc"])
    return f"{place}: {problem['msg'].removeprefix('Value error, ')}"
