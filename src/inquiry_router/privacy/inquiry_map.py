"""The part of the map of all data that hangs on an inquiry."""

from typing import Final

from inquiry_router.assignment import tables as assignment
from inquiry_router.calls import tables as calls
from inquiry_router.corrections import tables as corrections
from inquiry_router.database.group_commit import intake_keys
from inquiry_router.delivery import tables as delivery
from inquiry_router.inquiries import tables as inquiries
from inquiry_router.introductions import tables as introductions
from inquiry_router.learning import tables as learning
from inquiry_router.privacy.mapped_table import MappedTable, words
from inquiry_router.promises import tables as promises
from inquiry_router.relief import tables as relief
from inquiry_router.telling import tables as telling

_WITH_INQUIRY: Final = "with its inquiry"

# In the order in which rows are deleted: a row before the one that it hangs on.
INQUIRY_TABLES: Final[tuple[MappedTable, ...]] = (
    MappedTable(
        inquiries.signs,
        "values by which a later message is recognised: addresses, numbers, tickets, surnames",
        "customers",
        _WITH_INQUIRY,
        words("sign"),
        words("message_id"),
        ("message_id",),
        "delete",
    ),
    MappedTable(
        inquiries.waiting,
        "messages that wait for the classifier",
        "nobody",
        "until classified",
        (),
        words("message_id language since due_at attempts shown"),
        ("message_id",),
    ),
    MappedTable(
        telling.tellings,
        "the addresses that a notice went to",
        "customers",
        "with its notice",
        words("address name"),
        words("id notice_id channel member_id language state delivery_id created_at due_at"),
        ("notice_id",),
        "delete",
    ),
    MappedTable(
        telling.notices,
        "notices for our people and customers, with what they say",
        "customers",
        "with its inquiry, else `deliveries_days`",
        words("facts key"),
        words("id kind member_id receivers inquiry_id state reason created_at"),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        telling.telling_preferences,
        "how our people want to be told",
        "staff",
        "for good",
        (),
        words("member_id channels language quiet_from quiet_to digest changed_at"),
    ),
    MappedTable(
        introductions.introductions,
        "customers who were told who is there for them, in the name of their salesperson",
        "customers",
        _WITH_INQUIRY,
        words("customer"),
        words("id at inquiry_id account_id person person_key names delivery_id"),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        delivery.attempts,
        "tries to tell a destination; errors may quote its answer",
        "customers",
        "`deliveries_days`",
        words("error"),
        words("id delivery_id number at duration_ms outcome status_code"),
        ("delivery_id",),
        "mask",
    ),
    MappedTable(
        delivery.deliveries,
        "events for destinations, dead letters too, with words and contacts",
        "customers",
        "`deliveries_days`, `dead_letters_days`",
        words("payload last_error thread"),
        words(
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
        words("vector offsets"),
        words("inquiry_id encoder"),
        ("inquiry_id",),
    ),
    MappedTable(
        corrections.corrections,
        "what people said was right, and why",
        "customers",
        _WITH_INQUIRY,
        words("why"),
        words("id inquiry_id at who category_before category team_before team intent"),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        relief.phone_tag_offers,
        "two times that were offered to a customer after calls that missed each other",
        "nobody",
        _WITH_INQUIRY,
        (),
        words("callback_id inquiry_id first_at second_at told_at rounds chosen chosen_at"),
        ("inquiry_id",),
    ),
    MappedTable(
        calls.callbacks,
        "customers who wait for a call",
        "customers",
        _WITH_INQUIRY,
        words("number"),
        words(
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
        words("caller called call_id state answers"),
        words("id line use inquiry_id reached started_at hung_up_at"),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        assignment.assignments,
        "which of our people has an inquiry, or was asked to take it, and their reasons",
        "customers",
        _WITH_INQUIRY,
        words("passed"),
        words(
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
        words("inquiry_id kind began_at team facts minutes due_at left_s ended_at outcome told"),
        ("inquiry_id",),
    ),
    MappedTable(
        promises.alarms,
        "alarms about inquiries that had nobody in time, with the member of staff who has it",
        "staff",
        _WITH_INQUIRY,
        (),
        words("id inquiry_id state breach team member_id due_at raised_at ended_at told_at"),
        ("inquiry_id",),
    ),
    MappedTable(
        promises.watch_marks,
        "the newest settings for which all open inquiries were looked at",
        "nobody",
        "for good",
        (),
        words("name value"),
    ),
    MappedTable(
        inquiries.links,
        "inquiries that have to do with each other, and why",
        "customers",
        _WITH_INQUIRY,
        words("why"),
        words("inquiry_id other_id kind at"),
        ("inquiry_id", "other_id"),
        "mask",
    ),
    MappedTable(
        inquiries.timeline,
        "what happened to an inquiry: decisions with their reasons, entities, acts",
        "customers",
        _WITH_INQUIRY,
        words("details"),
        words("inquiry_id id at kind actor"),
        ("inquiry_id",),
        "mask",
    ),
    MappedTable(
        intake_keys,
        "keys that recognise a repeat, as clients and helpdesks chose them",
        "customers",
        _WITH_INQUIRY,
        words("key"),
        words("inquiry_id message_id fingerprint"),
        ("inquiry_id",),
        "delete",
    ),
    MappedTable(
        inquiries.messages,
        "all that customers said, with the contact of each message",
        "customers",
        _WITH_INQUIRY,
        words("subject text author source_id source_url mail_id passage"),
        words(
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
        words(
            "contact_name contact_email contact_phone contact_company source_id source_url search "
            "seen account"
        ),
        words(
            "id reference status channel language source_system received_at created_at category "
            "confidence secondary team assignee assignee_id priority due_at unsure placed_by "
            "asked_at answered_at resolved_at state_at merged_into intent account_id watch_at"
        ),
        ("id",),
        "mask",
    ),
)
