"""The map of all data: every table and column, whose it is, and the way that erasure finds it.

`docs/privacy.md` prints it. A test fails for a column that is not in it.
"""

from typing import Final

from inquiry_router.accounts import tables as accounts
from inquiry_router.assignment import tables as assignment
from inquiry_router.audit import tables as audit
from inquiry_router.configuration import tables as configuration
from inquiry_router.configuration.documents import GOLDEN, OWN_CATEGORIES, OWN_INTENTS
from inquiry_router.corrections import tables as corrections
from inquiry_router.database.revision import configuration_revision
from inquiry_router.delivery import tables as delivery
from inquiry_router.policies import tables as policies
from inquiry_router.privacy import tables as privacy
from inquiry_router.privacy.inquiry_map import INQUIRY_TABLES
from inquiry_router.privacy.mapped_table import MappedTable, words
from inquiry_router.privacy.referral_map import REFERRAL_TABLES
from inquiry_router.relief import tables as relief
from inquiry_router.sources import tables as sources
from inquiry_router.staff import tables as staff

_WITH_ACCOUNT: Final = "with its account"

# In the order in which rows are deleted: a row before the one that it hangs on.
DATA_MAP: Final[tuple[MappedTable, ...]] = (
    *INQUIRY_TABLES,
    *REFERRAL_TABLES,
    MappedTable(
        accounts.contact_points,
        "addresses, numbers and mail domains of accounts",
        "customers",
        _WITH_ACCOUNT,
        words("value"),
        words("kind account_id contact_id domain"),
        (),
        "delete",
    ),
    MappedTable(
        accounts.account_lookup,
        "the CRM that is asked about customers; encrypted",
        "nobody",
        "until deleted",
        (),
        words("id settings version changed_at"),
    ),
    MappedTable(
        accounts.contacts,
        "people at an account; erased with the address or number of the person",
        "customers",
        _WITH_ACCOUNT,
        words("name"),
        words("id account_id"),
        (),
        "mask",
    ),
    MappedTable(
        accounts.account_roles,
        "our people for an account",
        "staff",
        _WITH_ACCOUNT,
        (),
        words("account_id role person person_key"),
    ),
    MappedTable(
        accounts.account_merges,
        "merges of accounts, and what they moved",
        "customers",
        "for good",
        words("moved"),
        words("id kept_id gone_id at actor undone_at"),
        (),
        "mask",
    ),
    MappedTable(
        accounts.accounts,
        "companies that are customers",
        "customers",
        "until deleted",
        words("name notes search company_key brand"),
        words(
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
        words(
            "id name name_key kind email phone helpdesk_user language teams languages skills "
            "capacity limit_an_hour timezone holidays hours substitute_id buffer_days absences "
            "away_since away_until version created_at changed_at"
        ),
    ),
    MappedTable(
        staff.staff_left,
        "people who left while accounts, referrals or rewards bear their name; nobody else gets it",
        "staff",
        "until they come back",
        (),
        words("name_key name member_id left_at"),
    ),
    MappedTable(
        assignment.turns,
        "whose turn it is in a team",
        "staff",
        "for good",
        (),
        words("team member_id next credits"),
    ),
    MappedTable(
        staff.staff_revision,
        "the number of changes of staff",
        "nobody",
        "for good",
        (),
        words("id revision"),
    ),
    MappedTable(
        sources.thin_events,
        "events of helpdesks whose ticket is still to be fetched",
        "customers",
        "`events_days`",
        words("key known ticket last_error"),
        words("id source_id state attempts created_at due_at"),
        (),
        "delete",
    ),
    MappedTable(
        sources.mailboxes,
        "how far a mailbox was read; the renewed token",
        "nobody",
        "while its source exists",
        words("problem"),
        words(
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
        words("body"),
        words("name version at actor note"),
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
        words("id version body based_on note at actor"),
    ),
    MappedTable(
        policies.policy_replays,
        "policies tried on inquiries: counts, and references of some inquiries",
        "staff",
        "90 days after the end",
        (),
        words(
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
        words(
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
        words(
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
        words(
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
        words("number at actor why state objections lessons encoder labels head figures intents"),
    ),
    MappedTable(
        configuration_revision,
        "the number of the last change of the configuration",
        "nobody",
        "for good",
        (),
        words("id revision"),
    ),
    MappedTable(
        sources.source_traffic,
        "counts of the events of a source, and the last reasons to ignore or refuse one",
        "nobody",
        "while its source exists",
        (),
        words(
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
        words("link uses last_at"),
    ),
    MappedTable(
        relief.bypasses,
        "service matters and calls that reached a salesperson; numbers for 90 days",
        "staff",
        "for good",
        words("number"),
        words(
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
        words("account"),
        words(
            "baseline_id month person channel category intent calls talk_s curves loops unmet "
            "matters measured_s"
        ),
        mention="mask",
    ),
    MappedTable(
        relief.baselines,
        "readings of call logs, mailboxes and diaries: counts, no words; of a mailbox that is "
        "being read the choices",
        "staff",
        "until deleted",
        (),
        words(
            "id kind name sha256 state place at actor begins_on ends_on inputs inputs_version known"
        ),
    ),
    MappedTable(
        relief.daily_figures,
        "figures of inquiries by day; they outlive the inquiries",
        "staff",
        "for good",
        (),
        words(
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
        words("begin_at end_at day"),
    ),
    MappedTable(
        relief.monitors,
        "saved questions over inquiries; the words may name a customer",
        "staff",
        "until deleted",
        words("question name"),
        words("id threshold days receiver enabled version actor created_at asked_at alerted_at"),
        mention="mask",
    ),
    MappedTable(
        audit.audit,
        "what colleagues did: ids and settings, never words or contacts of customers",
        "staff",
        "`INQUIRY_ROUTER_AUDIT_DAYS`, 12 months",
        (),
        words("number at actor operation object address request_id changes hash"),
    ),
    MappedTable(
        audit.audit_head,
        "the end of the audit's chain",
        "nobody",
        "for good",
        (),
        words("id number hash"),
    ),
    MappedTable(
        audit.audit_checkpoints,
        "signed beginnings of the audit's chain",
        "nobody",
        "for good",
        (),
        words("number hash at signature"),
    ),
    MappedTable(
        privacy.erasures,
        "who erased somebody and when; never whom",
        "staff",
        "for good",
        (),
        words("id key_sha256 started_at finished_at actor given counts recordings note"),
    ),
    MappedTable(
        privacy.erased_counts,
        "how many inquiries were deleted, by month, channel, language, category and team",
        "nobody",
        "for good",
        (),
        words("month channel language category team why inquiries messages corrected"),
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
    told = {"mask": "asterisks", "delete": "the row goes", "leave": "cannot be there"}
    rows = [
        f"| `{one.table.name}` ({one.whose}) | {one.holds} | {_listed(one.personal)} "
        f"| {_listed(one.other)} | {one.kept} | {told[one.mention]} |"
        for one in DATA_MAP
    ]
    return "\n".join((*head, *rows))


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in columns) or "none"
