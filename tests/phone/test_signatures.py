"""Signatures of phone platforms: vectors, and every kind of mistake."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.phone.signatures import (
    check_jambonz,
    check_plivo,
    check_telnyx,
    check_twilio,
    check_vonage,
)
from inquiry_router.providers.kit.signatures import NotGenuine

VECTORS = json.loads(Path(__file__).with_name("phone_vectors.json").read_text("utf-8"))
AT = datetime.fromtimestamp(1795276800, UTC)


def check(vector: dict[str, Any], **changes: Any) -> None:
    vector = {**vector, **changes}
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    body = (vector["body"] or "").encode()
    now = vector.get("at") or AT
    secret, url, fields = vector["secret"], vector["url"], vector["params"] or {}
    match vector["scheme"]:
        case "twilio-sha1" | "twilio-sha256-sharedkey":
            check_twilio(secret, url, fields, body, headers)
        case "plivo-v3":
            check_plivo(secret, vector["method"], url, fields, headers)
        case "telnyx-ed25519":
            check_telnyx(secret, body, headers, now)
        case "vonage-jwt":
            check_vonage(secret, body, headers, now)
        case "jambonz":
            check_jambonz(secret, body, headers, now)
        case _:
            pytest.fail(vector["scheme"])


@pytest.mark.parametrize(
    "vector", VECTORS, ids=lambda vector: f"{vector['scheme']}: {vector['description'][:40]}"
)
def test_vector_is_accepted(vector: dict[str, Any]) -> None:
    if vector["valid"]:
        check(vector)
    else:
        with pytest.raises(NotGenuine):
            check(vector)


def vector(scheme: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in VECTORS if one["scheme"] == scheme and one["valid"])
    return {**found, **more}


SCHEMES = sorted({one["scheme"] for one in VECTORS})
WITH_TIME = ("telnyx-ed25519", "vonage-jwt", "jambonz")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_missing_signature_and_other_secret_are_refused(scheme: str) -> None:
    with pytest.raises(NotGenuine):
        check(vector(scheme, headers={}))
    other = base64.b64encode(bytes(range(32))).decode()
    with pytest.raises(NotGenuine):
        check(vector(scheme, secret=other))


@pytest.mark.parametrize("scheme", ["twilio-sha1", "twilio-sha256-sharedkey", "plivo-v3"])
def test_changed_field_and_other_address_are_refused(scheme: str) -> None:
    genuine = vector(scheme)
    with pytest.raises(NotGenuine):
        check(genuine, params={**genuine["params"], "From": "+48666666666"})
    with pytest.raises(NotGenuine):
        check(genuine, url=genuine["url"].replace("https://", "https://evil."))


@pytest.mark.parametrize("scheme", WITH_TIME)
def test_changed_body_and_wrong_time_are_refused(scheme: str) -> None:
    genuine = vector(scheme)
    with pytest.raises(NotGenuine):
        check(genuine, body=genuine["body"] + " ")
    for late in (timedelta(minutes=6), timedelta(minutes=-6)):
        with pytest.raises(NotGenuine, match="check the clocks"):
            check(genuine, at=AT + late)
    check(genuine, at=AT + timedelta(minutes=4))


def test_twilio_signs_with_or_without_the_standard_port() -> None:
    for url in (
        "https://router.example.com/v1/x?a=1",
        "https://router.example.com:443/v1/x?a=1",
        "http://router.example.com:80/",
    ):
        for signed in (url, url.replace(":443", "").replace(":80", "")):
            signature = base64.b64encode(
                hmac.new(b"token", signed.encode(), hashlib.sha1).digest()
            ).decode()
            check_twilio("token", url, {}, b"", {"x-twilio-signature": signature})
    odd = "https://router.example.com:8443/v1/x"
    signature = base64.b64encode(hmac.new(b"token", odd.encode(), hashlib.sha1).digest()).decode()
    check_twilio("token", odd, {}, b"", {"x-twilio-signature": signature})
    with pytest.raises(NotGenuine):
        check_twilio("token", odd.replace(":8443", ""), {}, b"", {"x-twilio-signature": signature})


def test_twilio_binds_a_json_body_with_two_algorithms() -> None:
    bound = next(one for one in VECTORS if one["body"] and one["scheme"] == "twilio-sha1")
    with pytest.raises(NotGenuine, match="the body is not the one"):
        check(bound, body='{"Level":"FINE"}')
    settings = {"X-Twilio-Webhooks-Signature-Settings": "key=k,algorithm=HMAC_MD5"}
    with pytest.raises(NotGenuine, match="algorithm"):
        check(vector("twilio-sha1"), headers={**vector("twilio-sha1")["headers"], **settings})


def jwt(claims: dict[str, Any], secret: str = "s" * 32, algorithm: str = "HS256") -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": algorithm, "typ": "JWT"}, claims)
    ]
    signature = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, base64.urlsafe_b64encode(signature).decode().rstrip("=")])


def test_vonage_jwt_needs_hash_and_time() -> None:
    now = int(AT.timestamp())
    hashed = hashlib.sha256(b"{}").hexdigest()
    check_vonage(
        "s" * 32,
        b"{}",
        {"authorization": f"Bearer {jwt({'iat': now, 'payload_hash': hashed})}"},
        AT,
    )
    check_vonage("s" * 32, b"", {"authorization": f"Bearer {jwt({'iat': now})}"}, AT)
    for claims in (
        {"iat": now},
        {"payload_hash": hashed},
        {"iat": "now", "payload_hash": hashed},
        {"iat": 1e300, "payload_hash": hashed},
    ):
        with pytest.raises(NotGenuine):
            check_vonage("s" * 32, b"{}", {"authorization": f"Bearer {jwt(claims)}"}, AT)
    with pytest.raises(NotGenuine, match="HS256"):
        check_vonage(
            "s" * 32, b"", {"authorization": f"Bearer {jwt({'iat': now}, algorithm='none')}"}, AT
        )


def test_one_of_several_jambonz_signatures_is_enough() -> None:
    genuine = vector("jambonz")
    header = genuine["headers"]["Jambonz-Signature"].replace(",v1=", ",v1=00,v1=")
    check(genuine, headers={"Jambonz-Signature": header})


headers = st.sampled_from(
    [
        "x-twilio-signature",
        "x-twilio-webhooks-signature-settings",
        "x-plivo-signature-v3",
        "x-plivo-signature-v3-nonce",
        "telnyx-timestamp",
        "telnyx-signature-ed25519",
        "authorization",
        "jambonz-signature",
    ]
)
values = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["Bearer a.b.c", "Bearer e30.e30.", "t=1795276800,v1=é", "1795276800", "algorithm"]
    ),
)


@given(st.dictionaries(headers, values, max_size=8), st.text(max_size=20), st.binary(max_size=20))
def test_any_headers_are_refused(given_headers: dict[str, str], secret: str, body: bytes) -> None:
    url = "https://router.example.com/v1/phone"
    with pytest.raises(NotGenuine):
        check_twilio(secret, url, {"a": "b"}, body, given_headers)
    with pytest.raises(NotGenuine):
        check_plivo(secret, "POST", url, {"a": "b"}, given_headers)
    with pytest.raises(NotGenuine):
        check_telnyx(secret, body, given_headers, AT)
    with pytest.raises(NotGenuine):
        check_vonage(secret, body, given_headers, AT)
    with pytest.raises(NotGenuine):
        check_jambonz(secret, body, given_headers, AT)
