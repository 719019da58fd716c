"""The part of the map of all data that referrals fill."""

from typing import Final

from inquiry_router.privacy.mapped_table import MappedTable, words
from inquiry_router.referrals import tables as referrals

_WITH_REFERRAL: Final = "with its referral"
_BOOKS: Final = "for good: books of the company"

# In the order in which rows are deleted: a row before the one that it hangs on.
REFERRAL_TABLES: Final[tuple[MappedTable, ...]] = (
    MappedTable(
        referrals.reward_entries,
        "steps of rewards: amounts from one holder to another, never changed",
        "staff",
        _BOOKS,
        (),
        words("id reward_id referral_id at step holder place amount_minor currency actor why"),
    ),
    MappedTable(
        referrals.rewards,
        "rewards of referrals, with their receiver",
        "staff",
        _BOOKS,
        (),
        words(
            "id referral_id event receiver_kind receiver receiver_key amount_minor currency state "
            "rule held_until approved_by created_at"
        ),
    ),
    MappedTable(
        referrals.invoices,
        "purchases from a file of invoices",
        "nobody",
        _BOOKS,
        (),
        words(
            "id tax_id number amount_minor currency issued_on account_id referral_id imported_at"
        ),
    ),
    MappedTable(
        referrals.referral_feedback,
        "the word of the handling salesperson about a prospect",
        "customers",
        _WITH_REFERRAL,
        words("note"),
        words("referral_id person at answered came serious paid"),
        (),
        "mask",
    ),
    MappedTable(
        referrals.referral_flags,
        "doubts about referrals, and verdicts",
        "customers",
        _WITH_REFERRAL,
        words("reason facts why appeal"),
        words("id referral_id kind at verdict decided_by decided_at appealed_at"),
        (),
        "mask",
    ),
    MappedTable(
        referrals.referral_credits,
        "our people who brought a referral",
        "staff",
        _WITH_REFERRAL,
        (),
        words("referral_id person_key person share why"),
    ),
    MappedTable(
        referrals.referral_keys,
        "keys that recognise a repeat of an entry, hashed",
        "nobody",
        "7 days",
        (),
        words("key said referral_id at"),
    ),
    MappedTable(
        referrals.referral_timeline,
        "everything that happened to a referral",
        "customers",
        _WITH_REFERRAL,
        words("details"),
        words("id referral_id at kind actor"),
        (),
        "mask",
    ),
    MappedTable(
        referrals.referral_signs,
        "numbers, addresses, tax ids and companies of prospects",
        "customers",
        _WITH_REFERRAL,
        words("sign"),
        words("referral_id"),
        (),
        "delete",
    ),
    MappedTable(
        referrals.referrals,
        "who recommended whom, with their words and contacts; both are third persons to each other",
        "customers",
        "`referrals_without_consent_days`, `closed_referrals_days`; ids and amounts for good",
        words("recommender prospect need consent_note reasons"),
        words(
            "id inquiry_id state candidate origin speaker language recommender_account_id "
            "prospect_account_id consent consent_at informed_at objected_at handled_by "
            "handled_by_key given_at warned_at amount_minor currency received_at changed_at "
            "expires_at won_at version forgotten_at"
        ),
        (),
        "mask",
    ),
    MappedTable(
        referrals.hints,
        "moments at which a salesperson may ask a customer for a recommendation",
        "customers",
        "for good; words with their inquiry",
        words("words account_name"),
        words(
            "id account_id person person_key reason inquiry_id language at ends_at state "
            "answered_at"
        ),
        (),
        "mask",
    ),
    MappedTable(
        referrals.asks,
        "times that a salesperson asked a customer",
        "staff",
        "for good",
        (),
        words("id account_id person person_key at way result script_id"),
    ),
    MappedTable(
        referrals.ask_scripts,
        "wordings that colleagues share, with their author",
        "staff",
        "for good",
        (),
        words("id author language way text at"),
    ),
    MappedTable(
        referrals.board_people,
        "choices of our people about the board",
        "staff",
        "for good",
        (),
        words("person_key person by_name mentor_key is_mentor changed_at"),
    ),
    MappedTable(
        referrals.board_seasons,
        "seasons of the board",
        "staff",
        "for good",
        (),
        words("id name begins_on ends_on manager manager_key opened_at"),
    ),
)
