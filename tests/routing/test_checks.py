"""The conditions of rules, each on one inquiry."""

from datetime import UTC, datetime

import pytest

from inquiry_router.configuration.documents import TEAMS
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.account import KnownAccount, Recognised
from inquiry_router.inquiry.model import (
    Attachment,
    Channel,
    Classification,
    Contact,
    Draft,
    Entity,
    EntityKind,
    Origin,
    Provenance,
)
from inquiry_router.routing.checks import CHECKS
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.decide import Rulebook, decide
from inquiry_router.routing.policy import Policy

# A Thursday at 11:00 in Warsaw, and a Saturday at 1:30.
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
THEN = {"team": "triage", "priority": "normal"}
TEAMS_HERE = default_file().documents[TEAMS]
ANNA = Contact(email="anna@biuro.bud.pl", phone="+48601234567", company="Hydro-Bud")
# The others, which it is only perhaps, count for nothing.
ACCOUNT = Recognised(
    KnownAccount(
        "account-1",
        "Hydro-Bud",
        "the address",
        "K-1024",
        "Gold",
        (("deputy", "Ewa Lis"), ("owner", "Bartek Wilk")),
    ),
    (KnownAccount("account-2", "Agro", "the mail domain", "K-8", "silver"),),
)
MAIL = Draft(
    Channel.EMAIL,
    "Cieknie spod uszczelki",
    contact=ANNA,
    origin=Origin("zammad", "4711"),
    provenance=Provenance(
        attachments=(Attachment("usterka.jpg", "image/jpeg", 1),),
        written_to=("serwis@acme.example", "bok@acme.example"),
        called="+48221234500",
    ),
    account=ACCOUNT,
)
DEFECT = Classification(
    "defect", 0.9, "pl", "model", "test", secondary="new_purchase", intent="missing_item"
)
ENTITIES = (
    Entity(EntityKind.ORDER_NUMBER, "nr 4711", "4711", 0, 7),
    Entity(EntityKind.DANGER, "czuć gaz", "gas", 0, 8),
    Entity(EntityKind.TAX_ID, "526-000-12-46", "5260001246", 0, 13),
    Entity(EntityKind.SERIAL_NUMBER, "SN-12/AB", "SN-12/AB", 0, 8),
    Entity(EntityKind.PHONE, "601 234 567", "+48601234567", 0, 11),
    Entity(EntityKind.DATE, "piątek", None, 0, 6),
)


def applies(
    conditions: dict,
    draft: Draft = MAIL,
    found: Classification = DEFECT,
    entities: tuple[Entity, ...] = ENTITIES,
    now: datetime = NOW,
    place: str = "when",
    **more,
) -> bool:
    """Decide with one rule. Its `when` is empty if the conditions are its exceptions."""
    rule = {"id": "r", "then": THEN, "when": {}, place: conditions}
    policy = Policy.model_validate({"rules": [rule], "default": THEN, **more})
    return decide(draft, found, entities, Rulebook(policy, 1, TEAMS_HERE), now).rule == "r"


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"category": ["defect"]}, True),
        ({"category": ["other", "defect"]}, True),
        ({"category": ["referral"]}, False),
        ({"intent": ["wrong_item", "missing_item"]}, True),
        ({"intent": ["safety"]}, False),
        ({"secondary": ["new_purchase"]}, True),
        ({"secondary": ["referral"]}, False),
        ({"min_confidence": 0.9}, True),
        ({"min_confidence": 0.91}, False),
        ({"max_confidence": 0.9}, True),
        ({"max_confidence": 0.89}, False),
        ({"channel": ["email", "chat"]}, True),
        ({"channel": ["phone"]}, False),
        ({"source": ["mail", "zammad"]}, True),
        ({"source": ["zamm"]}, False),
        ({"mailbox": ["BOK@acme.example"]}, True),
        ({"mailbox": ["sklep@acme.example"]}, False),
        ({"called_number": ["22 123 45 00"]}, True),
        ({"called_number": ["+48221234501"]}, False),
        ({"language": ["pl"]}, True),
        ({"language": ["de"]}, False),
        ({"open_teams": ["sales"]}, True),
        ({"closed_teams": ["sales"]}, False),
        ({"weekday": ["wed", "thu"]}, True),
        ({"weekday": ["fri"]}, False),
        ({"time": ["08:00-09:00", "11:00-11:01"]}, True),
        ({"time": ["10:00-11:00"]}, False),
        ({"words": ["uszczelk*"]}, True),
        ({"words": ["uszczelk"]}, False),
        ({"entity": ["quantity", "order_number"]}, True),
        ({"entity": ["quantity"]}, False),
        ({"entity": ["tax_id: 526 000 12 46"]}, True),
        ({"entity": ["serial_number:sn12ab"]}, True),
        ({"entity": ["serial_number:sn12"]}, False),
        ({"entity": ["phone:601-234-567"]}, True),
        ({"entity": ["danger:gas"]}, True),
        ({"entity": ["danger:fire"]}, False),
        ({"entity": ["order_number:4711"]}, True),
        ({"entity": ["date:none"]}, False),
        ({"attachment": True}, True),
        ({"email": ["Anna@Biuro.bud.pl"]}, True),
        ({"email": ["biuro.bud.pl@anna"]}, False),
        ({"email_domain": ["bud.pl"]}, True),
        ({"email_domain": ["@bud.pl"]}, True),
        ({"email_domain": ["ud.pl"]}, False),
        ({"phone_prefix": ["+48", "+49"]}, True),
        ({"phone_prefix": ["601"]}, True),
        ({"phone_prefix": ["+49"]}, False),
        ({"company": ["hydro"]}, True),
        ({"company": ["hyd"]}, False),
        ({"account": ["K-7", "K-1024"]}, True),
        ({"account": ["account-1"]}, True),
        ({"account": ["k-1024"]}, False),
        ({"tier": ["GOLD"]}, True),
        ({"tier": ["silver"]}, False),
        ({"owner": ["bartek  wilk"]}, True),
        ({"owner": ["Ewa Lis"]}, False),
        ({"known_customer": True}, True),
        ({"category": ["defect"], "channel": ["phone"]}, False),
        ({}, True),
    ],
)
def test_condition_holds_or_not(when: dict, holds: bool) -> None:
    assert applies(when) is holds
    if when:
        assert applies(when, place="unless") is not holds


@pytest.mark.parametrize(
    "when",
    [
        {"source": ["zammad"]},
        {"mailbox": ["bok@acme.example"]},
        {"called_number": ["+48221234500"]},
        {"entity": ["danger"]},
        {"attachment": True},
        {"account": ["K-1024"]},
        {"tier": ["gold"]},
        {"owner": ["Bartek Wilk"]},
        {"known_customer": True},
        {"email": ["anna@biuro.bud.pl"]},
        {"email_domain": ["bud.pl"]},
        {"phone_prefix": ["+48"]},
        {"company": ["hydro"]},
    ],
)
def test_condition_on_what_nobody_said_never_holds(when: dict) -> None:
    assert not applies(when, Draft(Channel.EMAIL, "Cieknie"), entities=())


@pytest.mark.parametrize("more", [{"intent": None}, {"intent": "tender", "unsure": True}])
def test_intent_that_is_not_named_or_unsure_never_holds(more: dict) -> None:
    found = Classification("new_purchase", 0.9, "pl", "model", "test", **more)
    assert not applies({"intent": ["tender"]}, found=found)


@pytest.mark.parametrize(
    ("when", "timezone", "holds"),
    [
        ({"weekday": ["sat"]}, "Europe/Warsaw", True),
        ({"weekday": ["fri"]}, "Europe/Warsaw", False),
        ({"weekday": ["fri"]}, "America/New_York", True),
        ({"time": ["22:00-06:00"]}, "Europe/Warsaw", True),
        ({"time": ["22:00-01:30"]}, "Europe/Warsaw", False),
        ({"time": ["06:00-22:00"]}, "Europe/Warsaw", False),
        ({"time": ["19:00-20:00"]}, "America/New_York", True),
    ],
)
def test_weekday_and_time_are_those_of_the_policys_time_zone(
    when: dict, timezone: str, holds: bool
) -> None:
    assert applies(when, now=NIGHT, timezone=timezone) is holds


def test_every_condition_has_a_check() -> None:
    assert CHECKS.keys() == Conditions.model_fields.keys()
