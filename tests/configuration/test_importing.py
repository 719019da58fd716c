"""What an import refuses, what it changes, and that secrets survive it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml
from sqlalchemy import Connection

from inquiry_router.audit.changes import find_changes
from inquiry_router.configuration import store
from inquiry_router.configuration.documents import (
    DOCUMENTS,
    GOLDEN,
    MATTERS,
    MONITORING,
    OWN_CATEGORIES,
    OWN_INTENTS,
    PHONE,
    POLICY,
    PROMISES,
    REFERRALS,
    RELIEF,
    RETENTION,
    TEAMS,
    DocumentKind,
)
from inquiry_router.configuration.importing import (
    ImportPlan,
    apply_plan,
    plan_import,
    secrets_of,
)
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.yaml_file import as_data, as_yaml, read_file
from inquiry_router.database.session import Database
from inquiry_router.outside.addresses import PUBLIC
from tests.configuration.test_documents import RENTAL, SERVICE_CONTRACT
from tests.conftest import NOW

pytestmark = pytest.mark.anyio
MEMBERS = ("ewa",)
Edit = Callable[[dict[str, Any]], Any]

SOURCE = {"id": "desk", "name": "Zammad", "kind": "zammad", "secret": "s3cret-of-zammad"}
DESTINATION = {
    "id": "desk",
    "name": "Zammad",
    "kind": "zammad",
    "settings": {
        "url": "https://acme.zammad.com",
        "token": "t0ken-of-zammad",
        "source": "desk",
        "groups": {"customer_service": "1", "sales": "2", "triage": "1"},
    },
}
# One change for each kind of document, and the place of the change.
CHANGES: Mapping[str, tuple[Edit, str]] = {
    TEAMS.name: (
        lambda data: data["teams"][0]["names"].update(en="customer care"),
        "teams.customer_service.names.en",
    ),
    POLICY.name: (lambda data: data["policy"]["rules"].pop(), "policy.rules.other"),
    OWN_CATEGORIES.name: (
        lambda data: data["categories"].append(RENTAL.model_dump(mode="json")),
        "categories",
    ),
    OWN_INTENTS.name: (
        lambda data: data["intents"].append(SERVICE_CONTRACT.model_dump(mode="json")),
        "intents",
    ),
    PHONE.name: (lambda data: data["phone"].update(language="en"), "phone.language"),
    MATTERS.name: (lambda data: data["matters"].update(split="note"), "matters.split"),
    RETENTION.name: (
        lambda data: data["retention"].update(deliveries_days=90),
        "retention.deliveries_days",
    ),
    RELIEF.name: (
        lambda data: data["relief"].update(met_after_seconds=20),
        "relief.met_after_seconds",
    ),
    MONITORING.name: (
        lambda data: data["monitoring"].update(announced=True),
        "monitoring.announced",
    ),
    PROMISES.name: (
        lambda data: data["promises"].update(remind_before_minutes=30),
        "promises.remind_before_minutes",
    ),
    GOLDEN.name: (
        lambda data: data["golden"].append({"id": "a", "text": "x", "expect": {"team": "sales"}}),
        "golden",
    ),
    REFERRALS.name: (
        lambda data: data["referrals"].update(hold_days=30),
        "referrals.hold_days",
    ),
    "telling": (
        lambda data: data["telling"].update(language="de"),
        "telling.language",
    ),
}


async def loaded(database: Database) -> Configuration:
    return await database.read(store.load)


async def imported(
    database: Database, data: Mapping[str, Any], secrets: Mapping[str, str] | None = None
) -> ImportPlan:
    """Import data, which must have no problems."""
    plan = plan_of(await loaded(database), data, secrets)
    assert plan.problems == ()

    def work(connection: Connection) -> None:
        apply_plan(connection, plan, "cli", NOW)

    await database.write(work)
    return plan


def plan_of(
    present: Configuration, data: Mapping[str, Any], secrets: Mapping[str, str] | None = None
) -> ImportPlan:
    return plan_import(
        present,
        read_file(yaml.safe_dump(dict(data), sort_keys=False)),
        secrets or {},
        PUBLIC,
        NOW,
        MEMBERS,
    )


def edited(configuration: Configuration, edit: Edit) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(as_yaml(configuration))
    edit(data)
    return data


def changes_of(plan: ImportPlan) -> dict[str, list[Any]]:
    return find_changes(as_data(plan.before), as_data(plan.after))


def test_every_kind_of_document_has_a_change_here() -> None:
    assert CHANGES.keys() == {kind.name for kind in DOCUMENTS}


async def test_export_changes_nothing_when_it_is_imported(database: Database) -> None:
    await imported(database, {"sources": [SOURCE], "destinations": [DESTINATION]})
    present = await loaded(database)
    plan = plan_of(present, as_data(present))
    assert (plan.problems, plan.changes_anything, changes_of(plan)) == ((), False, {})


@pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: kind.name)
async def test_import_changes_what_the_plan_says(
    database: Database, kind: DocumentKind[Any]
) -> None:
    present = await loaded(database)
    edit, place = CHANGES[kind.name]
    plan = await imported(database, edited(present, edit))
    assert [*changes_of(plan)] == [place]
    after = await loaded(database)
    assert after.documents[kind] == plan.after.documents[kind] != present.documents[kind]
    for other in DOCUMENTS:
        more = int(other is kind)
        assert after.documents.version(other) == present.documents.version(other) + more


async def test_old_and_new_value_are_told(database: Database) -> None:
    def edit(data: dict[str, Any]) -> None:
        data["policy"]["rules"][-1]["then"]["priority"] = "normal"
        data["policy"]["rules"][1]["id"] = "broken"

    changes = changes_of(plan_of(await loaded(database), edited(await loaded(database), edit)))
    assert changes["policy.rules.other.then.priority"] == ["low", "normal"]
    assert changes["policy.rules.defects"][1] is None
    assert changes["policy.rules.broken"][0] is None


async def test_configuration_travels_to_another_installation(database: Database) -> None:
    await imported(database, {"sources": [SOURCE], "destinations": [DESTINATION]})
    first = await loaded(database)
    values, data = secrets_of(first), as_data(first)
    assert set(values) == {
        "sources.desk.secret",
        "sources.desk.token",
        "destinations.desk.settings.token",
    }
    for hidden in values.values():
        assert hidden not in as_yaml(first)

    def forget(connection: Connection) -> None:
        store.remove_destination(connection, "desk", 1)
        store.remove_source(connection, "desk", 1)

    await database.write(forget)
    refused = plan_of(await loaded(database), data)
    assert [one.partition(":")[0] for one in refused.problems] == [
        "sources.desk.secret",
        "destinations.desk.settings.token",
    ]
    await imported(database, data, values)
    there = await loaded(database)
    assert secrets_of(there) == values
    assert as_data(there) == data


async def test_source_without_a_token_in_the_file_gets_a_new_address(database: Database) -> None:
    plan = await imported(database, {"sources": [SOURCE]})
    assert plan.new_tokens == ("desk",)
    (source,) = (await loaded(database)).sources
    assert len(source.token) > 30


async def test_another_secret_is_named_and_the_old_one_stays_valid(database: Database) -> None:
    await imported(database, {"sources": [SOURCE], "destinations": [DESTINATION]})
    data = as_data(await loaded(database))
    name = "sources.desk.secret"
    plan = await imported(database, data, {name: "an0ther"})
    assert (plan.new_secrets, changes_of(plan)) == ((name,), {})
    (source,) = (await loaded(database)).sources
    assert source.signing_secrets == ("an0ther", SOURCE["secret"])


async def test_address_is_not_changed_without_its_secret(database: Database) -> None:
    await imported(database, {"sources": [SOURCE], "destinations": [DESTINATION]})
    present = await loaded(database)

    def edit(data: dict[str, Any]) -> None:
        data["destinations"][-1]["settings"]["url"] = "https://thief.zammad.com"

    (problem,) = plan_of(present, edited(present, edit)).problems
    assert problem.startswith("destinations.desk.settings.url: is another address, so send token")
    given = {"destinations.desk.settings.token": "n3w"}
    assert plan_of(present, edited(present, edit), given).problems == ()


async def test_sources_and_destinations_that_are_not_named_stay(database: Database) -> None:
    await imported(database, {"sources": [SOURCE], "destinations": [DESTINATION]})
    await imported(database, {"sources": [], "destinations": []})
    present = await loaded(database)
    assert [one.id for one in present.sources] == ["desk"]
    assert [one.id for one in present.destinations] == ["console", "desk"]


WEBHOOK = {"id": "erp", "name": "ERP", "kind": "webhook", "settings": {"url": "https://a.pl/in"}}


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (
            lambda data: data["policy"]["default"].update(team="x"),
            "policy: default: there is no team 'x'",
        ),
        (
            lambda data: data["categories"].append({**RENTAL.model_dump(mode="json"), "team": "x"}),
            "there is no team 'x'",
        ),
        (
            lambda data: data.update(phone={"desks": {"x": {}}}),
            "phone: desks: there is no team 'x'",
        ),
        (
            lambda data: data["sources"].append({**SOURCE, "kind": "pigeon"}),
            "sources.desk.kind: there is no kind 'pigeon'; it is one of ",
        ),
        (
            lambda data: data["sources"].append({**SOURCE, "settings": {"colour": "red"}}),
            "sources.desk.settings.colour: is unknown here",
        ),
        (
            lambda data: data["destinations"].append({**WEBHOOK, "settings": {}}),
            "destinations.erp.settings.url: is missing",
        ),
        (
            lambda data: data["destinations"].append({**WEBHOOK, "teams": ["sale"]}),
            "destinations.erp.teams: there is no team 'sale'",
        ),
        (
            lambda data: data["destinations"].append(DESTINATION),
            "destinations.desk.settings.source: there is no source 'desk'",
        ),
        (
            lambda data: data["destinations"].extend([WEBHOOK, WEBHOOK]),
            "destinations.erp: the file has this id 2 times",
        ),
        (
            lambda data: data["destinations"].append({**WEBHOOK, "id": "console"}),
            "destinations.console.kind: it is of the kind 'console' here",
        ),
        (
            lambda data: data["destinations"].append(
                {**WEBHOOK, "settings": {"url": "https://127.0.0.1/in"}}
            ),
            "destinations.erp.settings.url: ",
        ),
    ],
)
async def test_what_cannot_be_imported_is_a_problem_of_the_plan(
    database: Database, edit: Edit, problem: str
) -> None:
    present = await loaded(database)
    problems = plan_of(present, edited(present, edit)).problems
    assert any(problem in one for one in problems), problems


async def test_all_problems_are_found_at_once(database: Database) -> None:
    def edit(data: dict[str, Any]) -> None:
        data["policy"]["default"]["team"] = "x"
        data["sources"].append({**SOURCE, "kind": "pigeon"})
        data["destinations"] += [{**WEBHOOK, "settings": {}}, DESTINATION]

    present = await loaded(database)
    problems = plan_of(present, edited(present, edit)).problems
    # The source cannot be read; that the destination names it is no second mistake.
    places = [one.partition(": ")[0] for one in problems]
    assert places == ["policy", "sources.desk.kind", "destinations.erp.settings.url"]


async def test_team_of_a_destination_that_is_not_named_cannot_be_taken_away(
    database: Database,
) -> None:
    await imported(database, {"destinations": [{**WEBHOOK, "teams": ["triage"]}]})
    present = await loaded(database)

    def edit(data: dict[str, Any]) -> None:
        data["destinations"] = []
        data["teams"][-1]["id"] = "unsure"
        for decided in (data["policy"]["rules"][-1]["then"], data["policy"]["default"]):
            decided["team"] = "unsure"

    (problem,) = plan_of(present, edited(present, edit)).problems
    assert problem.startswith("destination 'erp': teams: there is no team 'triage'")


async def test_names_of_telling_that_nobody_has_are_refused(database: Database) -> None:
    present = await loaded(database)
    named = {
        "channels": ["fax"],
        "groups": {"alarms": [{"member": "ewa"}, {"member": "jan"}], "team:night": []},
        "kinds": {"alarm": {"channels": ["pager"]}},
        "acknowledgement": {"texts": [{"category": "rental", "text": "x"}]},
    }
    plan = plan_of(present, edited(present, lambda data: data["telling"].update(named)))
    places = [one.partition(" there")[0] for one in plan.problems]
    assert places == [
        "telling: groups.team:night:",
        "telling: acknowledgement.texts:",
        "telling.channels:",
        "telling.kinds.alarm.channels:",
        "telling.groups.alarms:",
    ]
    assert "there is no channel 'fax'; the channels are console" in plan.problems[2]
    assert "no member of staff with the id 'jan'; GET /v1/staff lists" in plan.problems[4]
    mail = {"id": "mail", "name": "Mail", "kind": "console"}
    named = {"channels": ["mail"], "groups": {"alarms": [{"member": "ewa"}], "team:sales": []}}

    def together(data: dict[str, Any]) -> None:
        data["telling"].update(named)
        data["destinations"].append(mail)

    assert plan_of(present, edited(present, together)).problems == ()
