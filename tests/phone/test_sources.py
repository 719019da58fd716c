"""Phone platforms as sources: authentication and setup."""

import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.phone.sources import PhoneSourceSettings
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import IncomingRequest, Secrets
from inquiry_router.sources.kinds import SOURCES

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
URL = "https://router.example.com/v1/phone/lines/line-1"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("kind", PLATFORMS)
def test_every_platform_is_a_source_with_setup_steps(kind: str) -> None:
    source = SOURCES[kind]
    assert source.path == "phone/lines"
    setup = source.setup(f"{URL}?token=t")
    assert len(setup.pl) == len(setup.en) >= 2
    for steps in (setup.pl, setup.en):
        assert any(URL in step for step in steps)
        assert not any("{id}" in step for step in steps)
    assert source.signs == (
        "always" if kind in ("twilio", "telnyx", "plivo", "vonage", "jambonz") else "never"
    )


def check(kind: str, request: IncomingRequest, *signing: str) -> None:
    SOURCES[kind].authenticate(PhoneSourceSettings(), Secrets("t0ken", signing), request, NOW)


def twilio(secret: str) -> IncomingRequest:
    fields = {"CallSid": "CA1", "Digits": "", "SpeechResult": "zażółć & gęślą"}
    message = f"{URL}?step=1" + "".join(name + fields[name] for name in sorted(fields))
    signature = b64encode(
        hmac.new(secret.encode(), message.encode(), hashlib.sha1).digest()
    ).decode()
    return IncomingRequest(
        "POST",
        f"{URL}?step=1",
        {**FORM, "x-twilio-signature": signature},
        urlencode(fields).encode(),
    )


def test_both_secrets_sign_the_form_during_a_rotation() -> None:
    check("twilio", twilio("old"), "new", "old")
    check("twilio", twilio("new"), "new")
    with pytest.raises(NotGenuine, match="does not match"):
        check("twilio", twilio("other"), "new", "old")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_unsigned_body_is_refused(content_type: str) -> None:
    asked = f"{URL}?CallSid=CA1&step=1"
    signature = b64encode(hmac.new(b"token", asked.encode(), hashlib.sha1).digest()).decode()
    headers = {"content-type": content_type, "x-twilio-signature": signature}
    check("twilio", IncomingRequest("GET", asked, headers, b""), "token")
    for body in (b'{"Digits": "3"}', b"Digits=3"):
        with pytest.raises(NotGenuine, match="not a form"):
            check("twilio", IncomingRequest("POST", asked, headers, body), "token")
    signature = b64encode(hmac.new(b"token", f"{URL}.n".encode(), hashlib.sha256).digest()).decode()
    proof = {"x-plivo-signature-v3": signature, "x-plivo-signature-v3-nonce": "n"}
    with pytest.raises(NotGenuine, match="not a form"):
        check(
            "plivo",
            IncomingRequest(
                "POST", f"{URL}?bodySHA256=0", {"content-type": content_type, **proof}, b"Digits=3"
            ),
            "token",
        )


def test_source_without_secret_refuses_all() -> None:
    with pytest.raises(NotGenuine, match="no secret yet"):
        check("twilio", twilio("anything"))


def test_platform_without_signature_sends_the_token() -> None:
    for kind in ("freeswitch", "asterisk", "genesys", "amazon_connect", "kamailio", "generic"):
        check(kind, IncomingRequest("POST", f"{URL}?token=t0ken", {}, b""))
        check(kind, IncomingRequest("POST", URL, {"x-router-token": "t0ken"}, b""))
        with pytest.raises(NotGenuine):
            check(kind, IncomingRequest("POST", f"{URL}?token=wrong", {}, b""))


@pytest.mark.parametrize("kind", ["telnyx", "plivo", "vonage", "jambonz"])
def test_signing_platform_refuses_unsigned_requests(kind: str) -> None:
    with pytest.raises(NotGenuine):
        check(kind, IncomingRequest("POST", f"{URL}?token=t0ken", {}, b"{}"), "secret")
