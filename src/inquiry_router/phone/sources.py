"""Phone platforms as sources: authentication and setup.

`phone.platforms` reads their requests.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from pydantic import Field

from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.phone.platforms.platform import PhonePlatform
from inquiry_router.phone.signatures import (
    check_jambonz,
    check_plivo,
    check_telnyx,
    check_twilio,
    check_vonage,
)
from inquiry_router.providers.kit.setup import Setup
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import (
    Event,
    Handshake,
    IncomingRequest,
    Secrets,
    SourceKind,
    SourceSettings,
    Unreadable,
)
from inquiry_router.text.yaml_reading import load_shipped_yaml

_SIGNING: Final = frozenset({"twilio", "telnyx", "plivo", "vonage", "jambonz"})
_FORM: Final = "application/x-www-form-urlencoded"
# A request has a few kilobytes at most.
_MAX_BODY_BYTES: Final = 256 * 1024


class PhoneSourceSettings(SourceSettings):
    """The settings of a phone line: none, so send `{}`.

    Numbers, languages and texts are in the phone settings.
    """

    @property
    def workflow(self) -> str | None:
        """The platform's own workflow that finds an agent; None if numbers are dialled."""
        return None


class TwilioSourceSettings(PhoneSourceSettings):
    """The settings of a line of Twilio, which may use a workflow of TaskRouter."""

    workflow_sid: str | None = Field(
        None,
        pattern=r"^WW[0-9a-f]{32}$",
        description="The TaskRouter workflow that gets the callers; without one, the numbers of "
        "their team are dialled.",
        examples=["WW0123456789abcdef0123456789abcdef"],
    )
    post_work_activity_sid: str | None = Field(
        None,
        pattern=r"^WA[0-9a-f]{32}$",
        description="The worker's activity after such a call; without one, TaskRouter decides.",
        examples=["WA0123456789abcdef0123456789abcdef"],
    )

    @property
    def workflow(self) -> str | None:
        """The workflow of TaskRouter."""
        return self.workflow_sid


class PhoneKind(SourceKind[PhoneSourceSettings]):
    """A phone platform.

    Its requests are calls, not tickets, and go to `/v1/phone/lines/{source_id}`.
    """

    settings_model = PhoneSourceSettings
    path = "phone/lines"
    max_body = _MAX_BODY_BYTES

    def authenticate(
        self,
        settings: PhoneSourceSettings,
        secrets: Secrets,
        request: IncomingRequest,
        now: datetime,
    ) -> None:
        """Check the platform's signature, or the token if the platform does not sign.

        Raises `NotGenuine`.
        """
        if self.signs == "never":
            super().authenticate(settings, secrets, request, now)
            return
        problem = NotGenuine("the source has no secret yet: set the one that the platform shows")
        for secret in secrets.signing:
            try:
                self._check(secret, request, now)
            except NotGenuine as error:
                problem = error
            else:
                return
        raise problem

    def read(
        self, settings: PhoneSourceSettings, request: IncomingRequest
    ) -> tuple[Event, ...] | Handshake:
        """Raise `Unreadable`: calls are not tickets."""
        raise Unreadable("This source is a phone line: its calls go to /v1/phone/lines.")

    def setup(self, url: str) -> Setup:
        """The steps at the platform."""
        source_id = urlsplit(url).path.rpartition("/")[2]
        steps = _setups()[self.kind]
        return Setup(
            **{
                language: [_fill(step, url, source_id) for step in lines]
                for language, lines in steps.items()
            }
        )

    def _check(self, secret: str, request: IncomingRequest, now: datetime) -> None:
        match self.kind:
            case "twilio":
                # check_twilio compares the body with its hash in the URL, if there is one.
                bound = "bodySHA256" in parse_qs(urlsplit(request.url).query)
                fields = {} if bound else _form(request)
                check_twilio(secret, request.url, fields, request.body, request.headers)
            case "plivo":
                check_plivo(secret, request.method, request.url, _form(request), request.headers)
            case "telnyx":
                check_telnyx(secret, request.body, request.headers, now)
            case "vonage":
                check_vonage(secret, request.body, request.headers, now)
            case _:
                check_jambonz(secret, request.body, request.headers, now)


def phone_kinds() -> tuple[SourceKind[Any], ...]:
    """Make one kind of source for each platform."""
    return tuple(_kind_of(platform) for platform in PLATFORMS.values())


def _kind_of(platform: PhonePlatform) -> PhoneKind:
    class Kind(PhoneKind):
        kind = platform.kind
        title = platform.title
        settings_model = TwilioSourceSettings if platform.kind == "twilio" else PhoneSourceSettings
        signs = "always" if platform.kind in _SIGNING else "never"

    return Kind()


def _form(request: IncomingRequest) -> Mapping[str, list[str]]:
    """Read the form fields with all values, blank ones too: all of them are signed.

    Raises `NotGenuine` for a body that is not a form, because it would not be signed.
    """
    if not request.headers.get("content-type", "").lower().startswith(_FORM):
        if request.body:
            raise NotGenuine(
                "the body is not a form, so it is not signed; set the platform to send forms"
            )
        return {}
    try:
        return parse_qs(
            request.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=500
        )
    except ValueError:
        raise NotGenuine("the form has too many fields to be a call") from None


def _fill(step: str, url: str, source_id: str) -> str:
    return step.replace("{url}", url).replace("{id}", source_id)


@cache
def _setups() -> dict[str, dict[str, list[str]]]:
    steps: dict[str, dict[str, list[str]]] = load_shipped_yaml("inquiry_router.phone", "setup.yaml")
    return steps
