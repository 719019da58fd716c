"""The OpenAPI document: complete, true, and every example works as it stands."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
import yaml
from openapi_spec_validator import validate

from inquiry_router.api.web.openapi import TAGS
from inquiry_router.api.web.problems import PROBLEM_TYPE, documented
from inquiry_router.classification.service import ClassifierService
from inquiry_router.delivery.checking import Checker
from inquiry_router.inquiry.errors import CATALOGUE
from inquiry_router.process.settings import Settings
from tests.conftest import client_of, correct_many, running_house, shared_app
from tests.intents_model import model_with_intents
from tests.sources.fake_client import FakeClient

DOCUMENT = shared_app().openapi()
OPERATIONS = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
IDS = [operation["operationId"] for _, _, operation in OPERATIONS]


def test_document_is_valid() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_committed_file_is_current() -> None:
    assert yaml.safe_load(Path("openapi.yaml").read_text(encoding="utf-8")) == DOCUMENT


def test_tags_have_the_order_of_an_admins_day() -> None:
    assert [tag["name"] for tag in DOCUMENT["tags"]] == [name for name, _ in TAGS]
    seen = list(dict.fromkeys(operation["tags"][0] for _, _, operation in OPERATIONS))
    assert seen == [name for name, _ in TAGS]


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_operation_is_documented(method: str, path: str, operation: dict) -> None:
    assert operation["summary"] and operation["description"]
    assert re.fullmatch(r"[a-z_]+", operation["operationId"])
    for parameter in operation.get("parameters", []):
        assert parameter.get("description"), parameter["name"]
    if path.startswith("/v1") and path != "/v1/errors":
        assert {"401", "403", "429", "503"} <= set(operation["responses"])


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_field_has_a_description_and_an_example(name: str) -> None:
    schema = DOCUMENT["components"]["schemas"][name]
    for field, definition in schema.get("properties", {}).items():
        text = str(definition)
        if "$ref" in text and "description" not in definition:
            continue  # the referenced schema describes itself
        assert definition.get("description") or "$ref" in text, f"{name}.{field}"
        assert (
            "example" in text
            or "$ref" in text
            or definition.get("type") == "array"
            or "const" in definition
            or field in ("id", "inquiry_id", "payload", "policy", "details")
        ), f"{name}.{field}"


def test_webhooks_are_documented() -> None:
    assert set(DOCUMENT["webhooks"]) == {
        "inquiry.routed",
        "inquiry.corrected",
        "inquiry.resolved",
        "inquiry.reopened",
        "inquiry.message",
        "inquiry.linked",
        "inquiry.merged",
        "inquiry.assigned",
        "inquiry.unlinked",
        "inquiry.unmerged",
        "inquiry.call",
    }
    for webhook in DOCUMENT["webhooks"].values():
        assert {p["name"] for p in webhook["post"]["parameters"]} == {
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
        }


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_problems_are_shared_and_complete(method: str, path: str, operation: dict) -> None:
    for status, response in operation["responses"].items():
        assert PROBLEM_TYPE not in response.get("content", {}), "written out, not shared"
        if "$ref" in response:
            shared = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
            code = int(status)
            assert shared in (documented(code)[code], documented(code, reads=True)[code])


def test_every_shared_problem_is_used() -> None:
    used = {
        response["$ref"].rpartition("/")[2]
        for _, _, operation in OPERATIONS
        for response in operation["responses"].values()
        if "$ref" in response
    }
    assert used == set(DOCUMENT["components"]["responses"])
    assert len(used) >= 14


def test_error_codes_are_unique() -> None:
    codes = [error.code for error in CATALOGUE]
    assert len(set(codes)) == len(codes)


def example_body(operation: dict) -> object:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    if "example" in content:
        return content["example"]
    schema = DOCUMENT["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    return schema["examples"][0]


def example_parameters(operation: dict, place: str) -> dict[str, str]:
    return {
        parameter["name"]: next(iter(parameter["examples"].values()))["value"]
        for parameter in operation.get("parameters", [])
        if parameter["in"] == place and isinstance(parameter.get("examples"), dict)
    }


def required_parameters(operation: dict) -> dict[str, str]:
    return {
        parameter["name"]: parameter["schema"]["examples"][0]
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and parameter["required"]
    }


# An admin's day: things are created before they are read, and removed last. The dispatcher of the
# test is off, so that deliveries still wait and can be retried and discarded.
DAY = [
    *(
        "try_inquiry",
        "take_in_inquiry",
        "list_inquiries",
        "count_inquiries",
        "read_inquiry",
        "list_inquiry_messages",
        "list_timeline_entries",
        "correct_inquiry",
        "add_message",
        "answer_inquiry",
        "resolve_inquiry",
        "reopen_inquiry",
    ),
    *("split_inquiry", "link_inquiry", "unlink_inquiry", "merge_inquiry", "undo_merge"),
    *("create_account", "read_account", "remove_account", "import_account_file"),
    *("change_account", "list_accounts", "match_account", "merge_account"),
    *("list_account_merges", "undo_account_merge"),
    *("set_account_lookup", "read_account_lookup", "try_account_lookup", "remove_account_lookup"),
    *(
        "add_staff",
        "list_staff",
        "read_staff",
        "change_staff",
        "set_presence",
        "make_presence_link",
    ),
    *("assign_inquiry", "pass_inquiry_on", "remove_staff"),
    *(
        "replace_cost_inputs",
        "read_cost_inputs",
        "replace_monitoring_notice",
        "read_monitoring_notice",
        "add_baseline",
        "list_baselines",
        "read_baseline",
        "remove_baseline",
        "add_bypass",
        "take_short_message",
        "make_tap_link",
        "feed_call_log",
        "read_report",
        "add_monitor",
        "preview_monitor",
        "list_monitors",
        "read_monitor_history",
        "remove_monitor",
        "list_mentions",
        "read_self_check",
        "offer_callback_times",
        "choose_callback_time",
    ),
    *("replace_referral_rules", "read_referral_rules", "create_referral", "list_referrals"),
    *(
        "read_referral",
        "confirm_referral",
        "correct_parties",
        "record_consent",
        "record_information",
    ),
    *("record_outcome", "change_credit", "give_feedback", "give_referral", "make_referral_links"),
    "make_recommend_link",
    *("list_rewards", "read_statement", "approve_reward", "pay_reward", "reverse_reward"),
    *("export_payroll", "appeal_referral", "judge_referral", "record_objection"),
    *("import_invoices", "list_hints", "answer_hint", "record_ask", "add_script"),
    *("list_scripts", "choose_board", "open_season", "read_board", "read_coaching"),
    *("list_gift_pairs", "read_gain", "read_effect", "match_referral"),
    *(
        "explain_inquiry",
        "read_quality",
        "learn",
        "list_models",
        "use_model",
        "add_category",
        "list_categories",
        "remove_category",
        "add_intent",
        "list_intents",
        "remove_intent",
    ),
    *(
        "read_policy",
        "preview_policy",
        "replace_policy",
        "read_policy_history",
        "write_policy_draft",
        "read_policy_draft",
        "check_policy_draft",
        "start_policy_shadow",
        "read_policy_shadow",
        "end_policy_shadow",
        "replay_policy",
        "list_policy_replays",
        "read_policy_replay",
        "cancel_policy_replay",
        "compare_policies",
        "publish_policy_draft",
        "roll_back_policy",
        "drop_policy_draft",
        "replace_golden_sentences",
        "read_golden_sentences",
        "read_teams",
        "replace_teams",
        "read_matter_rules",
        "replace_matter_rules",
        "read_promise_rules",
        "replace_promise_rules",
        "count_promises_kept",
    ),
    *(
        "list_providers",
        "add_source",
        "list_sources",
        "read_source",
        "read_source_setup",
        "take_in_webhook",
    ),
    *("replace_source", "retry_source", "reconcile_source", "read_shadow_report"),
    *("decide_call", "read_phone_settings", "replace_phone_settings", "read_data_action"),
    *("list_callbacks", "take_callback", "record_callback_attempt"),
    *("hand_over", "refuse_inquiry", "list_introductions"),
    *(
        "add_destination",
        "check_destination",
        "test_destination",
        "list_destinations",
        "read_destination",
        "replace_destination",
    ),
    *(
        "list_deliveries",
        "read_delivery",
        "retry_delivery",
        "discard_delivery",
        "retry_dead_deliveries",
    ),
    *(
        "read_telling_settings",
        "replace_telling_settings",
        "preview_notice",
        "preview_acknowledgement",
        "replace_preference",
        "read_preference",
        "list_notices",
        "export_configuration",
        "replace_configuration",
        "read_actor",
        "make_api_key",
        "list_api_keys",
        "change_api_key",
        "rotate_api_key",
        "make_sign_in_link",
        "make_correction_link",
        "revoke_api_key",
        "list_audit",
        "verify_audit",
        "rotate_links",
        "preview_retention",
        "read_retention",
        "replace_retention",
        "run_retention",
        "export_person",
        "preview_erasure",
        "erase_person",
        "list_erasures",
        "list_erased_counts",
        "live",
        "ready",
        "metrics",
        "list_errors",
        "read_checklist",
        "read_invariants",
        "read_diagnosis",
        "remove_destination",
    ),
    "remove_source",
]


async def promise_a_callback(client: httpx.AsyncClient) -> None:
    """Ring a line without any number: the caller chooses the time of a callback."""
    await client.post("/v1/sources", json={"id": "line-1", "name": "The line", "kind": "genesys"})
    for step, digits in ((None, None), ("1", "1"), ("2", "1")):
        call = {"call_id": "call-1", "from": "+48601234567", "step": step, "digits": digits}
        answer = await client.post("/v1/phone/decide", json=call)
    assert answer.json()["action"] == "callback"


async def earn_a_reward(client: httpx.AsyncClient) -> None:
    """Win the newest referral."""
    won = {"state": "won", "amount_minor": 1_250_000}
    answer = await client.post("/v1/referrals/latest/outcome", json=won)
    assert answer.status_code == 200, answer.text


async def refuse_a_referral(client: httpx.AsyncClient) -> None:
    """Make a referral of somebody who is a customer already, and refuse it."""
    account = {"name": "Kos", "phones": ["602 999 000"]}
    assert (await client.post("/v1/accounts", json=account)).status_code == 201
    body = {"recommender": {"name": "Ola Kret"}, "prospect": {"phone": "602 999 000"}}
    assert (await client.post("/v1/referrals", json=body)).status_code == 201
    verdict = {"kind": "already_customer", "fine": False, "reason": "an old customer"}
    answer = await client.post("/v1/referrals/latest/verdict", json=verdict)
    assert answer.status_code == 200, answer.text


async def sell_something(client: httpx.AsyncClient) -> None:
    """Import the first invoice of a customer with a salesperson: it makes a hint."""
    account = {"name": "Nowy", "tax_id": "7740001454", "roles": {"owner": "Bartek Wilk"}}
    assert (await client.post("/v1/accounts", json=account)).status_code == 201
    invoices = "NIP;Numer;Kwota;Data\n774-000-14-54;1/2026;100,00;2026-11-02\n"
    headers = {"content-type": "text/csv"}
    answer = await client.post("/v1/invoices/import", content=invoices, headers=headers)
    assert answer.json()["stored"] == 1, answer.text


async def go_first(client: httpx.AsyncClient) -> None:
    """Let a manager ask two customers."""
    marta = {"name": "Marta Szef", "kind": "manager", "email": "marta@firma.example"}
    assert (await client.post("/v1/staff", json=marta)).status_code == 201
    ask = {"account": "K-1024", "person": "Marta Szef", "way": "phone"}
    for _ in range(2):
        assert (await client.post("/v1/asks", json=ask)).status_code == 201


# What must have happened before an example works as it stands.
async def enter_salesperson(client: httpx.AsyncClient) -> None:
    """Somebody whose calls may stand in a log."""
    salesperson = {"name": "Ewa Lis", "kind": "salesperson", "phone": "601 000 204"}
    assert (await client.post("/v1/staff", json=salesperson)).status_code == 201


BEFORE = {
    "feed_call_log": enter_salesperson,
    "list_rewards": earn_a_reward,
    "appeal_referral": refuse_a_referral,
    "list_hints": sell_something,
    "open_season": go_first,
}


async def stand_ins(client: httpx.AsyncClient) -> dict[str, str]:
    """Names that examples of splitting, linking and merging cannot know, and the true ones."""
    latest = (await client.get("/v1/inquiries/latest")).json()
    body = {
        "channel": "email",
        "text": "Proszę o duplikat faktury za części.",
        "contact": latest["contact"],
        "received_at": "2026-01-10T08:00:00Z",
    }
    other = (await client.post("/v1/inquiries", json=body)).json()
    assert other["id"] != latest["id"]
    return {
        "0198c0de-9a51-7c1e-8d2c-3f6a5e1b7d20": latest["messages"][-1]["id"],
        "K7MA-4XEH": other["reference"],
    }


def put_in(names: dict[str, str], example: Any) -> Any:
    """The example with these names put in."""
    text = json.dumps(example)
    for written, true in names.items():
        text = text.replace(f'"{written}"', f'"{true}"')
    return json.loads(text)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a house whose model names intents."""
    service = ClassifierService(model_with_intents)
    settings = settings.model_copy(update={"public_url": "https://router.example.com"})
    async with running_house(settings, service) as house, client_of(house) as made:
        receiver = FakeClient({"POST .com/inquiries": 204})
        house.checker = Checker(reach=house.reach, open_client=lambda: receiver)
        yield made


@pytest.mark.anyio
async def test_every_example_succeeds_unchanged(client: httpx.AsyncClient) -> None:
    assert sorted(DAY) == sorted(IDS)
    await correct_many(client, 20)
    await promise_a_callback(client)
    by_id = {
        operation["operationId"]: (method, path, operation)
        for method, path, operation in OPERATIONS
    }
    names: dict[str, str] = {}
    for name in DAY:
        method, path, operation = by_id[name]
        if name in BEFORE:
            await BEFORE[name](client)
        if name == "split_inquiry":
            names = await stand_ins(client)
        elif name == "merge_inquiry":
            merged = (await client.get("/v1/inquiries/latest")).json()["reference"]
        elif name == "hand_over":
            salesperson = {"name": "Jan Nowak", "kind": "salesperson"}
            entered = await client.post("/v1/staff", json=salesperson)
            assert entered.status_code == 201
            names["jan"] = entered.json()["id"]
        elif name == "replace_telling_settings":
            names["mail"] = "erp"  # the channel of the example must be there
        headers = example_parameters(operation, "header")
        if name == "take_in_webhook":
            headers["x-router-token"] = (await client.get("/v1/sources/website/setup")).json()[
                "token"
            ]
        places = put_in(names, example_parameters(operation, "path"))
        if name == "undo_merge":
            places["inquiry_id"] = merged
        elif name == "undo_account_merge":
            listed = (await client.get("/v1/accounts/K-1024/merges")).json()["items"]
            places["merge_id"] = listed[0]["id"]
        answer = await client.request(
            method,
            path.format(**places),
            params=required_parameters(operation),
            json=put_in(names, example_body(operation)),
            headers=headers,
        )
        assert answer.status_code < 300, (name, answer.text)
