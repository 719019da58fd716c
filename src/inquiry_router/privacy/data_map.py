"""The map of all data: every table and column, whose it is, and the way that erasure finds it.

`docs/privacy.md` prints it. A test fails for a column that is not in it.
"""

from typing import Final

from inquiry_router.accounts import tables as accounts
from inquiry_router.assignment import tables as assignment
from inquiry_router.audit import tables as audit
from inquiry_router.calls import tables as calls
from inquiry_router.configuration import tables as configuration
from inquiry_router.configuration.documents import GOLDEN, OWN_CATEGORIES, OWN_INTENTS
from inquiry_router.corrections import tables as corrections
from inquiry_router.database.group_commit import intake_keys
from inquiry_router.database.revision import configuration_revision
from inquiry_router.delivery import tables as delivery
from inquiry_router.inquiries import tables as inquiries
from inquiry_router.introductions import tables as introductions
from inquiry_router.learning import tables as learning
from inquiry_router.policies import tables as policies
from inquiry_router.privacy import tables as privacy
from inquiry_router.privacy.mapped_table import MappedTable
from inquiry_router.privacy.referral_map import REFERRAL_TABLES
from inquiry_router.promises import tables as promises
from inquiry_router.relief import tables as relief
from inquiry_router.sources import tables as sources
from inquiry_router.staff import tables as staff
from inquiry_router.telling import tables as telling


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_WITH_INQUIRY: Final = "with its inquiry"
_WITH_ACCOUNT: Final = "with its account"

# In the order in which rows are deleted: a row before the one that it hangs on.
DATA_MAP: Final[tuple[MappedTable, ...]] = (
    MappedTable(
        inquiries.signs,
        "values by which a later message is recognised: addresses, numbers, tickets, surnames",
        "customers",
        _WITH_INQUIRY,
        _words("sign"),
        _words("message_id"),
        ("message_id",),
        "delete",
    ),
    MappedTable(
        inquiries.waiting,
        "messages that wait for the classifier",
        "nobody",
        "until classified",
        (),
        _words("message_id language since due_at attempts shown"),
        ("message_id",),
    ),
    MappedTable(
        telling.tellings,
        "the addresses that a notice went to",
        "customers",
        "with its notice",
        _words("address name"),
        _words("id notice_id channel member_id language state delivery_id created_at due_at"),
        ("notice_id",),
        "delete",
    ),
    MappedTable(
        telling.notices,
        "notices for our people and customers, with what they say",
        "customers",
        "with its inquiry, else `deliveries_days`",
        _words("facts key"),
        _words("id kind member_id receivers inquiry_id state reason created_at"),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        telling.telling_preferences,
        "how our people want to be told",
        "staff",
        "for good",
        (),
        _words("member_id channels language quiet_from quiet_to digest changed_at"),
    ),
    MappedTable(
        introductions.introductions,
        "customers who were told who is there for them, in the name of their salesperson",
        "customers",
        _WITH_INQUIRY,
        _words("customer"),
        _words("id at inquiry_id account_id person person_key names delivery_id"),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        delivery.attempts,
        "tries to tell a destination; errors may quote its answer",
        "customers",
        "`deliveries_days`",
        _words("error"),
        _words("id delivery_id number at duration_ms outcome status_code"),
        ("delivery_id",),
        "mask",
    ),
    MappedTable(
        delivery.deliveries,
        "events for destinations, dead letters too, with words and contacts",
        "customers",
        "`deliveries_days`, `dead_letters_days`",
        _words("payload last_error thread"),
        _words(
            "id inquiry_id destination_id event decides state attempts created_at due_at "
            "lease_until lease_owner finished_at"
        ),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        learning.lesson_vectors,
        "the model's vectors of corrected inquiries, as numbers",
        "customers",
        _WITH_INQUIRY,
        _words("vector offsets"),
        _words("inquiry_id encoder"),
        ("inquiry_id",),
    ),
    MappedTable(
        corrections.corrections,
        "what people said was right, and why",
        "customers",
        _WITH_INQUIRY,
        _words("why"),
        _words("id inquiry_id at who category_before category team_before team intent"),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        relief.phone_tag_offers,
        "two times that were offered to a customer after calls that missed each other",
        "nobody",
        _WITH_INQUIRY,
        (),
        _words("callback_id inquiry_id first_at second_at told_at rounds chosen chosen_at"),
        ("inquiry_id",),
    ),
    MappedTable(
        calls.callbacks,
        "customers who wait for a call",
        "customers",
        _WITH_INQUIRY,
        _words("number"),
        _words(
            "id call inquiry_id kind owner state outcome due_at attempts reminders remind_at "
            "escalated created_at finished_at"
        ),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        calls.calls,
        "calls: numbers, words, the address of a recording",
        "customers",
        "`calls_days`",
        _words("caller called call_id state answers"),
        _words("id line use inquiry_id reached started_at hung_up_at"),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        assignment.assignments,
        "which of our people has an inquiry, or was asked to take it, and their reasons",
        "customers",
        _WITH_INQUIRY,
        _words("passed"),
        _words(
            "inquiry_id state team rule member_id weight is_call since given_at in_turn ends_at "
            "told due_at"
        ),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        promises.promises,
        "promises to customers, and if they were kept",
        "nobody",
        _WITH_INQUIRY,
        (),
        _words("inquiry_id kind began_at team facts minutes due_at left_s ended_at outcome told"),
        ("inquiry_id",),
    ),
    MappedTable(
        promises.alarms,
        "alarms about inquiries that had nobody in time, with the member of staff who has it",
        "staff",
        _WITH_INQUIRY,
        (),
        _words("id inquiry_id state breach team member_id due_at raised_at ended_at told_at"),
        ("inquiry_id",),
    ),
    MappedTable(
        promises.watch_marks,
        "the newest settings for which all open inquiries were looked at",
        "nobody",
        "for good",
        (),
        _words("name value"),
    ),
    MappedTable(
        inquiries.links,
        "inquiries that have to do with each other, and why",
        "customers",
        _WITH_INQUIRY,
        _words("why"),
        _words("inquiry_id other_id kind at"),
        ("inquiry_id", "other_id"),
        "mask",
    ),
    MappedTable(
        inquiries.timeline,
        "what happened to an inquiry: decisions with their reasons, entities, acts",
        "customers",
        _WITH_INQUIRY,
        _words("details"),
        _words("inquiry_id id at kind actor"),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        intake_keys,
        "keys that recognise a repeat, as clients and helpdesks chose them",
        "customers",
        _WITH_INQUIRY,
        _words("key"),
        _words("inquiry_id message_id fingerprint"),
        ("inquiry_id",),
        "delete",
    ),
    MappedTable(
        inquiries.messages,
        "all that customers said, with the contact of each message",
        "customers",
        _WITH_INQUIRY,
        _words("subject text author source_id source_url mail_id passage"),
        _words(
            "id inquiry_id received_at created_at channel language source_system category "
            "confidence intent"
        ),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        inquiries.inquiries,
        "one matter of one customer: contact, ticket, state, text for the search",
        "customers",
        "`resolved_inquiries_days`, `open_inquiries_days`",
        _words(
            "contact_name contact_email contact_phone contact_company source_id source_url search "
            "seen account"
        ),
        _words(
            "id reference status channel language source_system received_at created_at category "
            "confidence secondary team assignee assignee_id priority due_at unsure placed_by "
            "asked_at answered_at resolved_at state_at merged_into intent account_id watch_at"
        ),
        ("id",),
        "mask",
    ),
    *REFERRAL_TABLES,
    MappedTable(
        accounts.contact_points,
        "addresses, numbers and mail domains of accounts",
        "customers",
        _WITH_ACCOUNT,
        _words("value"),
        _words("kind account_id contact_id domain"),
        (),
        "delete",
    ),
    MappedTable(
        accounts.contacts,
        "people at an account; erased with the address or number of the person",
        "customers",
        _WITH_ACCOUNT,
        _words("name"),
        _words("id account_id"),
        (),
        "mask",
    ),
    MappedTable(
        accounts.account_roles,
        "our people for an account",
        "staff",
        _WITH_ACCOUNT,
        (),
        _words("account_id role person person_key"),
    ),
    MappedTable(
        accounts.account_merges,
        "merges of accounts, and what they moved",
        "customers",
        "for good",
        _words("moved"),
        _words("id kept_id gone_id at actor undone_at"),
        (),
        "mask",
    ),
    MappedTable(
        accounts.accounts,
        "companies that are customers",
        "customers",
        "until deleted",
        _words("name notes search company_key brand"),
        _words(
            "id tax_id external_id tier language provisional merged_into version created_at "
            "changed_at"
        ),
        (),
        "mask",
    ),
    MappedTable(
        staff.staff,
        "our people: names, addresses, numbers, absences without reasons",
        "staff",
        "until deleted",
        (),
        _words(
            "id name name_key kind email phone helpdesk_user language teams languages skills "
            "capacity limit_an_hour timezone holidays hours substitute_id buffer_days absences "
            "away_since away_until version created_at changed_at"
        ),
    ),
    MappedTable(
        assignment.turns,
        "whose turn it is in a team",
        "staff",
        "for good",
        (),
        _words("team member_id next credits"),
    ),
    MappedTable(
        staff.staff_revision,
        "the number of changes of staff",
        "nobody",
        "for good",
        (),
        _words("id revision"),
    ),
    MappedTable(
        sources.thin_events,
        "events of helpdesks whose ticket is still to be fetched",
        "customers",
        "`events_days`",
        _words("key known ticket last_error"),
        _words("id source_id state attempts created_at due_at"),
        (),
        "delete",
    ),
    MappedTable(
        sources.mailboxes,
        "how far a mailbox was read; the renewed token",
        "nobody",
        "while its source exists",
        _words("problem"),
        _words(
            "source_id place uid_validity last_uid newest_at holder held_until read_at taken "
            "refresh_token"
        ),
        (),
        "mask",
    ),
    MappedTable(
        configuration.documents,
        "what admins set, every version; examples of own categories and intents, and golden "
        "sentences, may be customers' words; phone settings and teams have names and numbers of "
        "colleagues",
        "staff",
        "for good",
        _words("body"),
        _words("name version at actor note"),
        (),
        "mask",
        # People look at the others themselves: a number of a colleague must go on ringing.
        configuration.documents.c.name.in_([OWN_CATEGORIES.name, OWN_INTENTS.name, GOLDEN.name]),
    ),
    MappedTable(
        policies.policy_drafts,
        "the draft of the policy",
        "staff",
        "until published or thrown away",
        (),
        _words("id version body based_on note at actor"),
    ),
    MappedTable(
        policies.policy_replays,
        "policies tried on inquiries: counts, and references of some inquiries",
        "staff",
        "90 days after the end",
        (),
        _words(
            "id kind state body compared_with since until samples created_at actor total done found"
            " after_at after_id holder due_at finished_at error"
        ),
    ),
    MappedTable(
        configuration.api_keys,
        "keys of the API, hashed, with the name of who uses them",
        "staff",
        "for good, so that no id is given twice",
        (),
        _words(
            "id name secret_sha256 created_at revoked_at roles teams owner sources expires_at "
            "last_used_at previous_sha256 previous_until link_sha256 link_until requests_a_minute"
        ),
    ),
    MappedTable(
        configuration.sources,
        "ways in, with their secrets",
        "staff",
        "until deleted",
        (),
        _words(
            "id name provider settings token secret previous_secret shadow version created_at "
            "polled_at states_at"
        ),
    ),
    MappedTable(
        delivery.destinations,
        "systems that are told, with their secrets",
        "staff",
        "until deleted",
        (),
        _words(
            "id name kind settings events teams enabled disabled_reason failures open_until "
            "version created_at"
        ),
    ),
    MappedTable(
        configuration.taught_models,
        "models taught by corrections: weights, no words",
        "nobody",
        "for good",
        (),
        _words("number at actor why state objections lessons encoder labels head figures intents"),
    ),
    MappedTable(
        configuration_revision,
        "the number of the last change of the configuration",
        "nobody",
        "for good",
        (),
        _words("id revision"),
    ),
    MappedTable(
        sources.source_traffic,
        "counts of the events of a source, and the last reasons to ignore or refuse one",
        "nobody",
        "while its source exists",
        (),
        _words(
            "source_id last_event_at taken taken_at repeated ignored ignored_at ignored_reason "
            "refused refused_at refused_reason"
        ),
    ),
    MappedTable(
        corrections.link_uses,
        "how often a link was used, by its hash",
        "nobody",
        "366 days after its last use, when no link is valid any more",
        (),
        _words("link uses last_at"),
    ),
    MappedTable(
        relief.bypasses,
        "service matters and calls that reached a salesperson; numbers for 90 days",
        "staff",
        "for good",
        _words("number"),
        _words(
            "id key at inquiry_id person person_key account_id channel category intent minutes how "
            "department outgoing met created_at"
        ),
        mention="mask",
    ),
    MappedTable(
        relief.baseline_cells,
        "counts and seconds of last year, by month, salesperson, account and category",
        "staff",
        "until deleted",
        _words("account"),
        _words(
            "baseline_id month person channel category intent calls talk_s curves loops unmet "
            "matters measured_s"
        ),
        mention="mask",
    ),
    MappedTable(
        relief.baselines,
        "readings of call logs, mailboxes and diaries: counts, no words",
        "staff",
        "until deleted",
        (),
        _words(
            "id kind name sha256 state place at actor begins_on ends_on inputs inputs_version known"
        ),
    ),
    MappedTable(
        relief.daily_figures,
        "figures of inquiries by day; they outlive the inquiries",
        "staff",
        "for good",
        (),
        _words(
            "day breakdown gone channel category team person inquiries unsure placed answered "
            "resolved waited_s"
        ),
    ),
    MappedTable(
        relief.rolled_days,
        "days whose figures are counted",
        "nobody",
        "for good",
        (),
        _words("begin_at end_at day"),
    ),
    MappedTable(
        relief.monitors,
        "saved questions over inquiries; the words may name a customer",
        "staff",
        "until deleted",
        _words("question name"),
        _words("id threshold days receiver enabled version actor created_at asked_at alerted_at"),
        mention="mask",
    ),
    MappedTable(
        audit.audit,
        "what colleagues did: ids and settings, never words or contacts of customers",
        "staff",
        "`INQUIRY_ROUTER_AUDIT_DAYS`, 12 months",
        (),
        _words("number at actor operation object address request_id changes hash"),
    ),
    MappedTable(
        audit.audit_head,
        "the end of the audit's chain",
        "nobody",
        "for good",
        (),
        _words("id number hash"),
    ),
    MappedTable(
        audit.audit_checkpoints,
        "signed beginnings of the audit's chain",
        "nobody",
        "for good",
        (),
        _words("number hash at signature"),
    ),
    MappedTable(
        privacy.erasures,
        "who erased somebody and when; never whom",
        "staff",
        "for good",
        (),
        _words("id key_sha256 started_at finished_at actor given counts recordings note"),
    ),
    MappedTable(
        privacy.erased_counts,
        "how many inquiries were deleted, by month, channel, language, category and team",
        "nobody",
        "for good",
        (),
        _words("month channel language category team why inquiries messages corrected"),
    ),
)
BY_NAME: Final = {entry.table.name: entry for entry in DATA_MAP}
# Everything that is deleted with an inquiry, itself last.
WITH_INQUIRY: Final = tuple(entry for entry in DATA_MAP if entry.hangs_on)


def as_markdown() -> str:
    """Return the map as a table for `docs/privacy.md`."""
    head = (
        "| table | holds | personal | other columns | kept | a mention by others |",
        "|---|---|---|---|---|---|",
    )
    words = {"mask": "asterisks", "delete": "the row goes", "leave": "cannot be there"}
    rows = [
        f"| `{one.table.name}` ({one.whose}) | {one.holds} | {_listed(one.personal)} "
        f"| {_listed(one.other)} | {one.kept} | {words[one.mention]} |"
        for one in DATA_MAP
    ]
    return "\n".join((*head, *rows))


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in columns) or "none"
