"""Kind `sms`: short messages, by any gateway that takes an HTTP request.

Facts: smsapi.pl/docs (POST /sms.do, Bearer token, `to`, `message`; an error comes with status 200
and `"error"` in the body); serwersms.pl and others take the same as JSON or as a form. 3GPP TS
23.038: 160 characters of the basic alphabet, 153 each of several parts; with one Polish letter 70.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal
from urllib.parse import quote, urlencode

from pydantic import Field, SecretStr, StringConstraints, ValidationInfo, field_validator

from inquiry_router.outside.addresses import PUBLIC, check_url
from inquiry_router.outside.messages import OutgoingRequest
from inquiry_router.providers.kit.message import read_message
from inquiry_router.providers.kit.provider import Handover, ProviderSettings, Refused, Telling

_PLACE: Final = re.compile(r"\{(to|text|id|number)\}")
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
# Letters that are no letter with a mark.
_LETTERS: Final = str.maketrans("łŁ„”“’–—…", 'lL"""\'--.')
_HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]


class SmsSettings(ProviderSettings):
    """A gateway, and the request that it takes.

    `{to}` is the number as +48601234567, `{number}` the same without the plus, `{text}` the text
    and `{id}` the id of the delivery, the same on every attempt.
    """

    addresses: ClassVar[tuple[str, ...]] = ("url",)

    url: str = Field(
        description="The address, perhaps with places such as {number}.",
        examples=["https://api.smsapi.pl/sms.do"],
    )
    method: Literal["POST", "GET"] = Field("POST", description="The method.", examples=["POST"])
    form: Literal["form", "json"] = Field(
        "form", description="How `fields` are sent in a POST.", examples=["form"]
    )
    fields: dict[str, str] = Field(
        default_factory=lambda: {"to": "{number}", "message": "{text}", "format": "json"},
        max_length=30,
        description="The fields of the request, with places.",
        examples=[{"to": "{number}", "message": "{text}", "format": "json", "idx": "{id}"}],
    )
    token: SecretStr | None = Field(
        None, description="The secret of the gateway.", examples=["s3cret"]
    )
    token_header: _HeaderName = Field(
        "Authorization",
        description="The header of the token; with Authorization it is sent as `Bearer`.",
        examples=["Authorization"],
    )
    error_mark: str | None = Field(
        '"error"',
        max_length=100,
        description="A text that in an answer 2xx says that the message was refused; null: none.",
        examples=['"error"'],
    )
    max_chars: int = Field(306, ge=70, le=918, description="Longer texts are cut.", examples=[306])
    plain_letters: bool = Field(
        True,
        strict=True,
        description="Write ą as a and so on: with such letters a message has 70 characters, not "
        "160.",
        examples=[True],
    )
    test_to: str | None = Field(
        None,
        pattern=_NUMBER.pattern,
        description="The number that a test goes to.",
        examples=["+48601234567"],
    )

    @field_validator("url")
    @classmethod
    def _may_be_called(cls, value: str, info: ValidationInfo) -> str:
        context: dict[str, Any] = info.context or {}
        check_url(_PLACE.sub("0", value), context.get("reach", PUBLIC))
        if _PLACE.search(value.partition("?")[0].removeprefix("https://").partition("/")[0]):
            raise ValueError("the host has no places")
        return value


class SmsGateway:
    """Sends short messages."""

    kind = "sms"
    title = "Short messages (SMS), by a gateway with HTTP"
    settings_model = SmsSettings
    final = frozenset({400, 404, 422})

    def url(self, settings: SmsSettings) -> str | None:
        """The gateway."""
        return _PLACE.sub("0", settings.url)

    def hand_over(self, settings: SmsSettings, handover: Handover, at: datetime) -> Telling:
        """Send the message; an error in an answer 2xx is an error."""
        message = read_message(handover, test_to=settings.test_to or "")
        if not message.to and settings.test_to is None:
            raise ValueError("test_to: set the number that a test goes to")
        number = re.sub(r"[\s()-]", "", message.to)
        if not _NUMBER.fullmatch(number):
            raise Refused("the receiver's number is not written as +48601234567")
        text = _cut(f"{message.subject}\n{message.text}", settings)
        values = {"to": number, "number": number[1:], "text": text, "id": handover.id}
        reply = yield _request(settings, values)
        said = reply.body.decode("utf-8", "replace")
        if settings.error_mark is not None and settings.error_mark in said:
            raise Refused(f"the gateway refused: {' '.join(said.split())[:200]}")
        return None

    def check(self, settings: SmsSettings) -> None:
        """Nothing can be asked without sending a message."""


def _request(settings: SmsSettings, values: Mapping[str, str]) -> OutgoingRequest:
    url = _PLACE.sub(lambda place: quote(values[place[1]], safe=""), settings.url)
    fields = {name: _fill(value, values) for name, value in settings.fields.items()}
    headers = {"accept": "application/json"}
    if settings.token is not None:
        secret = settings.token.get_secret_value()
        bearer = settings.token_header.lower() == "authorization"
        headers[settings.token_header.lower()] = f"Bearer {secret}" if bearer else secret
    if settings.method == "GET":
        joined = "&" if "?" in url else "?"
        return OutgoingRequest(f"{url}{joined}{urlencode(fields)}", headers, b"", "GET")
    if settings.form == "json":
        headers["content-type"] = "application/json"
        return OutgoingRequest(url, headers, json.dumps(fields, ensure_ascii=False).encode())
    headers["content-type"] = "application/x-www-form-urlencoded"
    return OutgoingRequest(url, headers, urlencode(fields).encode())


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values[place[1]], template)


def _cut(text: str, settings: SmsSettings) -> str:
    if settings.plain_letters:
        parts = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(one for one in parts if not unicodedata.combining(one))
    return text if len(text) <= settings.max_chars else text[: settings.max_chars - 3] + "..."
