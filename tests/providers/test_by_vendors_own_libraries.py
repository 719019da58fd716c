"""Signatures of the vendors' own libraries are accepted, for random texts, keys and addresses."""

import json
import random
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from standardwebhooks import Webhook
from svix.webhooks import Webhook as SvixWebhook
from twilio.request_validator import RequestValidator

from inquiry_router.phone.signatures import check_twilio
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import IncomingRequest, Secrets, SourceSettings
from inquiry_router.providers.standard_webhooks import StandardWebhooksSource, new_secret
from tests.conftest import NOW

LETTERS = "abcząęłńóśźż ĄÖß€😀\"'\\\n{}&=+%?#/<>0189"


def texts(seed: int, count: int) -> list[str]:
    chosen = random.Random(seed)
    return ["".join(chosen.choices(LETTERS, k=chosen.randrange(1, 60))) for _ in range(count)]


@pytest.mark.parametrize("seed", [20261122])
@pytest.mark.parametrize("library", [Webhook, SvixWebhook])
def test_standard_webhooks_and_svix(library: Any, seed: int) -> None:
    at = datetime.fromtimestamp(int(NOW.timestamp()), UTC)
    for number, text in enumerate(texts(seed, 200)):
        secret, body = (
            new_secret().get_secret_value(),
            json.dumps({"text": text}, ensure_ascii=False),
        )
        signature = library(secret).sign(
            f"msg_{number}", at.replace(tzinfo=None) if library is Webhook else at, body
        )
        prefix = "webhook" if library is Webhook else "svix"
        headers = {
            f"{prefix}-id": f"msg_{number}",
            f"{prefix}-timestamp": str(int(at.timestamp())),
            f"{prefix}-signature": signature,
        }
        request = IncomingRequest(
            "POST", "https://router.example.com/v1/hooks/x", headers, body.encode()
        )
        StandardWebhooksSource().authenticate(
            SourceSettings(), Secrets("t", (secret,)), request, at
        )
        forged = IncomingRequest("POST", request.url, headers, body.encode() + b" ")
        with pytest.raises(NotGenuine):
            StandardWebhooksSource().authenticate(
                SourceSettings(), Secrets("t", (secret,)), forged, at
            )


@pytest.mark.parametrize("seed", [20261123])
def test_twilio(seed: int) -> None:
    for number, text in enumerate(texts(seed, 200)):
        url = "https://router.example.com/v1/phone/lines/x?" + urlencode({"lang": text})
        fields = {
            "CallSid": f"CA{number}",
            "SpeechResult": text,
            "Digits": "",
            "From": "+48220000101",
        }
        signature = RequestValidator("token").compute_signature(url, fields)
        check_twilio("token", url, fields, b"", {"x-twilio-signature": signature})
        with pytest.raises(NotGenuine):
            check_twilio(
                "token", url, {**fields, "Digits": "3"}, b"", {"x-twilio-signature": signature}
            )
