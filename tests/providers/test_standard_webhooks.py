"""Signed requests, checked with the library that receivers use."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import SecretStr, ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from inquiry_router import __version__
from inquiry_router.outside.addresses import PUBLIC, Reach
from inquiry_router.outside.messages import OutgoingRequest
from inquiry_router.providers import Handover
from inquiry_router.providers.standard_webhooks import StandardWebhooks, WebhookSettings, new_secret

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
URL = "https://hooks.example.com/inquiries?token=hush"
PAYLOAD = '{"type":"inquiry.routed","data":{"text":"Zażółć gęślą jaźń 😀"}}'


def request(at: datetime, payload: str = PAYLOAD, **settings: str) -> OutgoingRequest:
    made = WebhookSettings.model_validate({"url": URL, "secret": SECRET, **settings})
    return StandardWebhooks().hand_over(made, Handover("msg_1", "inquiry.routed", payload), at)


def verify(sent: OutgoingRequest, secret: str) -> object:
    return Webhook(secret).verify(sent.body, sent.headers)


def test_receiver_can_verify_the_signature() -> None:
    sent = request(datetime.now(UTC))
    assert sent.url == URL
    assert sent.body == PAYLOAD.encode()
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["user-agent"] == f"inquiry-router/{__version__}"
    assert sent.headers["webhook-id"] == "msg_1"
    assert verify(sent, SECRET) == json.loads(PAYLOAD)
    with pytest.raises(WebhookVerificationError):
        verify(sent, OLD_SECRET)


def test_changed_body_is_detected() -> None:
    sent = request(datetime.now(UTC))
    forged = OutgoingRequest(sent.url, sent.headers, sent.body.replace(b"routed", b"closed"))
    with pytest.raises(WebhookVerificationError):
        verify(forged, SECRET)


def test_published_vector() -> None:
    settings = WebhookSettings.model_validate({"url": URL, "secret": SECRET})
    handover = Handover("msg_p5jXN8AQM9LWM0D4loKWxJek", "x", '{"test": 2432232314}')
    sent = StandardWebhooks().hand_over(settings, handover, datetime.fromtimestamp(1614265330, UTC))
    assert sent.headers["webhook-timestamp"] == "1614265330"
    assert sent.headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_time_is_signed_in_utc() -> None:
    warsaw = datetime.now(timezone(timedelta(hours=2)))
    sent = request(warsaw)
    assert sent.headers["webhook-timestamp"] == str(int(warsaw.timestamp()))
    verify(sent, SECRET)


def test_retry_has_the_same_id_and_a_new_time() -> None:
    at = datetime.now(UTC)
    first, second = request(at - timedelta(seconds=5)), request(at)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    verify(second, SECRET)


def test_both_secrets_verify_during_a_rotation() -> None:
    sent = request(datetime.now(UTC), previous_secret=OLD_SECRET)
    assert len(sent.headers["webhook-signature"].split(" ")) == 2
    verify(sent, SECRET)
    verify(sent, OLD_SECRET)


def test_rotating_keeps_the_present_secret_as_the_previous_one() -> None:
    settings = WebhookSettings.model_validate({"url": URL, "secret": SECRET})
    rotated = settings.rotated()
    assert rotated.previous_secret == settings.secret
    assert rotated.secret.get_secret_value() not in (SECRET, "")
    sent = StandardWebhooks().hand_over(rotated, Handover("1", "x", PAYLOAD), datetime.now(UTC))
    verify(sent, SECRET)
    verify(sent, rotated.secret.get_secret_value())


def test_secret_is_made_by_default() -> None:
    made = [
        WebhookSettings.model_validate({"url": URL}).secret.get_secret_value() for _ in range(2)
    ]
    assert made[0] != made[1]
    assert WebhookSettings.model_validate({"url": URL, "secret": made[0]}).stored() == {
        "url": URL,
        "secret": made[0],
    }
    assert new_secret().get_secret_value().startswith("whsec_")


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "hush",
        "whsec_",
        "whsec_hush",
        "whsec_" + "A" * 20,
        "whsec_" + "A" * 88,
        SECRET[6:],
        SECRET + "!",
        "**********",
    ],
)
def test_weak_or_broken_secret_is_refused_without_being_repeated(secret: str) -> None:
    for name in ("secret", "previous_secret"):
        with pytest.raises(ValidationError) as refused:
            WebhookSettings.model_validate({"url": URL, "secret": SECRET, name: secret})
        assert "24 to 64 random bytes" in str(refused.value)
        assert len(secret) < 10 or secret not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example.com/", "https://10.0.0.1/", "https://crm/", "https://a.example.com:22/"],
)
def test_wrong_address_is_refused_with_advice(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WebhookSettings.model_validate({"url": url})
    (problem,) = refused.value.errors()
    assert problem["loc"] == ("url",)
    assert problem["msg"].startswith(("Value error, Use ", "Value error, Write "))


def test_development_may_use_loopback() -> None:
    url = "http://127.0.0.1:9000/"
    context = {"reach": Reach(loopback=True)}
    assert WebhookSettings.model_validate({"url": url}, context=context).url == url
    with pytest.raises(ValidationError):
        WebhookSettings.model_validate({"url": url}, context={"reach": PUBLIC})


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValidationError):
        WebhookSettings.model_validate({"url": URL, "method": "GET"})


def test_secrets_and_tokens_are_masked() -> None:
    settings = WebhookSettings.model_validate(
        {"url": URL, "secret": SECRET, "previous_secret": OLD_SECRET}
    )
    shown = repr(settings) + str(settings) + repr(request(datetime.now(UTC)))
    assert not any(secret in shown for secret in (SECRET, OLD_SECRET, "hush"))
    assert settings.shown() == {"url": URL, "secret": "**********", "previous_secret": "**********"}
    assert WebhookSettings.model_validate(settings.stored()) == settings
    assert isinstance(settings.secret, SecretStr)


def test_stored_destination_without_a_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret: is missing"):
        WebhookSettings.from_stored({"url": URL}, reach=PUBLIC)


def test_problems_of_stored_settings_do_not_contain_values() -> None:
    with pytest.raises(
        ValueError, match=r"url: Use a public address.*; secret: Write 'whsec_'"
    ) as refused:
        WebhookSettings.from_stored(
            {"url": "https://10.0.0.1/?token=hush", "secret": "hush"}, reach=PUBLIC
        )
    assert "hush" not in str(refused.value)


def test_each_router_counts_a_hop() -> None:
    at = datetime.now(UTC)
    assert request(at).headers["x-inquiry-router-hops"] == "1"
    passed_on = '{"data":{"passage":{"hops":2}}}'
    assert request(at, passed_on).headers["x-inquiry-router-hops"] == "3"
    assert request(at, '{"data":{"passage":null}}').headers["x-inquiry-router-hops"] == "1"
