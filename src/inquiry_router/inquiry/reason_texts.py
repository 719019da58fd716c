"""The texts of reasons in Polish, English and German, by their codes."""

from typing import Final

from inquiry_router.inquiry.policy_texts import POLICY_TEXTS
from inquiry_router.inquiry.referral_texts import REFERRAL_PARTS, REFERRAL_TEXTS

QUOTES: Final = {"pl": ("„", "”"), "en": ("'", "'"), "de": ("„", "“")}
# The ways in which a person is chosen, as parts of a text.
_PERSON: Final = (
    ("in_turn", "in_turn"),
    ("least_loaded", "least_loaded"),
    ("last", "last"),
    ("owner", "owner"),
    ("deputy", "deputy"),
    ("service_carer", "service_carer"),
    ("stands_in", "stands_in_for"),
    ("taken", "taken"),
)
# The parts of a text that are said only if a fact is there: code, part, fact.
PARTS: Final = {
    "looks_like": (("because", "evidence"), ("doubt", "unsure")),
    "looks_like_intent": (("because", "evidence"), ("doubt", "unsure")),
    "rule": (("with_words", "found"),),
    "sales_guard": (("by_model", "by_model"),),
    "maybe_sale": (("so_priority", "priority"),),
    "recommended": (("whose_credit", "salespeople"),),
    "assigned": _PERSON,
    "offered": _PERSON,
    "helps_out": (("queue_above", "above"), ("queue_after", "too_long")),
    **REFERRAL_PARTS,
}
_DECISION_TEXTS: Final = {
    "pl": {
        "looks_like": "wygląda na: {category} (pewność {confidence}){because}{doubt}",
        "looks_like_intent": "wygląda na: {intent} ({category}, pewność {confidence})"
        "{because}{doubt}",
        "because": "; zadecydowały słowa: {evidence}",
        "doubt": "; to za mało pewne, by na tym polegać",
        "unavailable": "klasyfikator nie odpowiedział, więc decydują ludzie",
        "unread": "system nie zdołał odczytać treści, więc przeczytają ją ludzie",
        "rule": "pasuje reguła „{rule}”: {conditions}{with_words}",
        "with_words": " (w treści: {found})",
        "rule_for_all": "reguła „{rule}” obejmuje wszystko",
        "no_rule": "nie pasuje żadna reguła, więc decyduje ustawienie domyślne",
        "undecided": "z treści jeszcze nic nie wynika, więc zdecyduje następna wiadomość",
        "chosen_by_person": "zespół „{team}” wybrano ręcznie",
        "chosen_by_call": "rozmowę skierowano do zespołu „{team}”",
        "sales_guard": "ochrona działu sprzedaży: sprawa trafia do zespołu „{team}” zamiast "
        "„{wanted}”, bo sprawy niepewne i kategoria „inne” nigdy nie trafiają do działu sprzedaży"
        "{by_model}",
        "by_model": ", a sam model nie jest pewny",
        "raises": "słowa {words} podnoszą priorytet na: {priority}",
        "maybe_sale": "być może to szansa sprzedaży{so_priority}",
        "so_priority": ", więc priorytet to: {priority}",
        "recommended": "klient z polecenia, poleca: {recommender}{whose_credit}",
        "whose_credit": " (do kogo kierować: {salespeople})",
        "due": "odpowiedź w ciągu {minutes} czasu pracy zespołu „{team}”",
        "due_at_any_hour": "odpowiedź w ciągu {minutes}, o każdej porze",
        "put_off": "klasyfikator jeszcze nie odpowiedział; decyzja zapadnie, gdy odpowie",
        "raised_before": "późniejsza wiadomość podniosła priorytet na: {priority}",
        "automatic": "to wiadomość automatyczna, więc nic się nie zmienia",
        "thanks": "to tylko podziękowanie",
        "copy": "to kopia wiadomości, która przyszła wcześniej",
        "chose_time": "klient wybrał termin rozmowy: {day}, godz. {clock}",
        "other_matter": "to na pewno {category}, sprawa dla innego rodzaju zespołu",
        "customer_known": "wiadomość mówi, kim jest klient: {customer}",
        "stays": "sprawa zostaje w zespole „{team}”",
        "raises_from": "słowa {words} podnoszą priorytet: {before} → {priority}",
        "rule_raises_from": "reguła „{rule}”, która pasuje do samej tej wiadomości, podnosi "
        "priorytet: {before} → {priority}",
        "decided_by_all": "rozstrzyga to, co powiedziano do tej pory: zespół „{team}”",
        "wrote_again": "klient napisał ponownie, więc sprawę znów prowadzi zespół „{team}”",
        "moved": "{who}: przeniesienie do zespołu „{team}” w helpdesku",
        "was_busy": "klasyfikator był zajęty przez {seconds} s",
        "answers_late": "klasyfikator odpowiada dopiero teraz, a nikt się tym jeszcze nie zajął",
        "people_had_it": "ludzie zajęli się tym, zanim klasyfikator odpowiedział, więc nic się "
        "nie zmienia",
        "assigned": "sprawę prowadzi {who}"
        "{in_turn}{least_loaded}{last}{owner}{deputy}{service_carer}{stands_in}{taken}",
        "offered": "sprawę zaproponowano: {who}"
        "{in_turn}{least_loaded}{last}{owner}{deputy}{service_carer}{stands_in}{taken}",
        "in_turn": ", zgodnie z kolejnością",
        "least_loaded": ", bo ma teraz najmniej pracy",
        "last": ", tak jak ostatnią sprawę tego klienta",
        "owner": ", opiekun handlowy klienta",
        "deputy": ", zastępstwo opiekuna handlowego",
        "service_carer": ", opiekun serwisowy klienta",
        "stands_in": ", zastępstwo: {stands_in_for}",
        "taken": ", na własną prośbę",
        "waits_for_person": "w zespole „{team}” nikt nie jest teraz wolny, więc sprawa "
        "czeka na pierwszą wolną osobę",
        "helps_out": "zespołowi „{wanted}” pomaga „{team}”{queue_above}{queue_after}",
        "queue_above": "; tyle spraw lub więcej czeka tam na jedną osobę: {above}",
        "queue_after": "; sprawa czekała tam za długo",
    },
    "en": {
        "looks_like": "looks like {category} with confidence {confidence}{because}{doubt}",
        "looks_like_intent": "looks like {intent} ({category}, {confidence}){because}{doubt}",
        "because": " because of {evidence}",
        "doubt": ", which is too uncertain to act on",
        "unavailable": "the classifier did not answer, so people decide",
        "unread": "the text could not be read by the router, so people read it",
        "rule": "rule '{rule}' applies: {conditions}{with_words}",
        "with_words": " ({found})",
        "rule_for_all": "rule '{rule}' applies to everything",
        "no_rule": "no rule applies, so the policy's default decides",
        "undecided": "it says nothing yet, so the next message decides",
        "chosen_by_person": "a person chose the team {team}",
        "chosen_by_call": "the call went to the team {team}",
        "sales_guard": "sales guard: sent to {team} instead of {wanted}, because what is uncertain "
        "or 'other' never reaches sales{by_model}",
        "by_model": ", and the model itself is unsure",
        "raises": "{words} raises the priority to {priority}",
        "maybe_sale": "something may be to be sold{so_priority}",
        "so_priority": ", so the priority is {priority}",
        "recommended": "recommended by {recommender}{whose_credit}",
        "whose_credit": " (belongs to {salespeople})",
        "due": "answer due within {minutes} working minutes of {team}",
        "due_at_any_hour": "answer due within {minutes} minutes, any hour",
        "put_off": "the classifier has not answered yet, so it is decided when its turn comes",
        "raised_before": "a later message raised the priority to {priority}",
        "automatic": "a machine wrote it, so nothing changes",
        "thanks": "it only says thank you",
        "copy": "it is a copy of a mail that came before",
        "chose_time": "the customer chose a time for the call: {day}, {clock}",
        "other_matter": "it is surely {category}, a matter for another kind of team",
        "customer_known": "the message tells which customer it is: {customer}",
        "stays": "it stays with {team}",
        "raises_from": "{words} raises the priority from {before} to {priority}",
        "rule_raises_from": "rule '{rule}', which applies to the message alone, raises the "
        "priority from {before} to {priority}",
        "decided_by_all": "what was said so far decides it: {team}",
        "wrote_again": "the customer wrote again, so {team} has it again",
        "moved": "{who} moved it to {team} in the helpdesk",
        "was_busy": "the classifier was busy for {seconds} s",
        "answers_late": "the classifier answers only now, and nobody has touched it",
        "people_had_it": "people had it before the classifier answered, so it stays",
        "assigned": "{who} has it"
        "{in_turn}{least_loaded}{last}{owner}{deputy}{service_carer}{stands_in}{taken}",
        "offered": "it is offered to {who}"
        "{in_turn}{least_loaded}{last}{owner}{deputy}{service_carer}{stands_in}{taken}",
        "in_turn": ", whose turn it is",
        "least_loaded": ", who has the least work",
        "last": ", who had the customer's last inquiry",
        "owner": ", the account's owner",
        "deputy": ", the deputy of the account's owner",
        "service_carer": ", the account's service carer",
        "stands_in": ", who stands in for {stands_in_for}",
        "taken": ", who took it",
        "waits_for_person": "nobody of {team} is free, so it waits for the next one",
        "helps_out": "{team} helps {wanted} out{queue_above}{queue_after}",
        "queue_above": ", because {above} or more wait there",
        "queue_after": ", because it had waited there too long",
    },
    "de": {
        "looks_like": "sieht aus wie: {category} (Sicherheit {confidence}){because}{doubt}",
        "looks_like_intent": "sieht aus wie: {intent} ({category}, Sicherheit {confidence})"
        "{because}{doubt}",
        "because": "; entscheidend waren die Wörter {evidence}",
        "doubt": "; das ist zu unsicher, um danach zu handeln",
        "unavailable": "der Klassifikator hat nicht geantwortet, deshalb entscheiden Menschen",
        "unread": "das System konnte den Text nicht lesen, deshalb lesen ihn Menschen",
        "rule": "die Regel „{rule}“ passt: {conditions}{with_words}",
        "with_words": " (im Text: {found})",
        "rule_for_all": "die Regel „{rule}“ gilt für alles",
        "no_rule": "keine Regel passt, deshalb gilt die Voreinstellung",
        "undecided": "aus dem Text ergibt sich noch nichts, deshalb entscheidet die nächste "
        "Nachricht",
        "chosen_by_person": "das Team „{team}“ wurde von Hand gewählt",
        "chosen_by_call": "der Anruf ging an das Team „{team}“",
        "sales_guard": "Schutz des Vertriebs: geht an „{team}“ statt an „{wanted}“, denn "
        "Unsicheres und die Kategorie „Sonstiges“ gelangen nie in den Vertrieb{by_model}",
        "by_model": ", und das Modell selbst ist unsicher",
        "raises": "die Wörter {words} erhöhen die Priorität auf: {priority}",
        "maybe_sale": "vielleicht eine Verkaufschance{so_priority}",
        "so_priority": ", deshalb ist die Priorität: {priority}",
        "recommended": "empfohlen von: {recommender}{whose_credit}",
        "whose_credit": " (Ansprechpartner: {salespeople})",
        "due": "Antwort innerhalb von {minutes} Geschäftszeit des Teams „{team}“",
        "due_at_any_hour": "Antwort innerhalb von {minutes}, zu jeder Uhrzeit",
        "put_off": "der Klassifikator hat noch nicht geantwortet; entschieden wird, sobald er "
        "antwortet",
        "raised_before": "eine spätere Nachricht hat die Priorität erhöht auf: {priority}",
        "automatic": "es ist eine automatische Nachricht, deshalb ändert sich nichts",
        "thanks": "es ist nur ein Dank",
        "copy": "es ist die Kopie einer früheren E-Mail",
        "chose_time": "der Kunde hat einen Termin für das Gespräch gewählt: {day}, {clock} Uhr",
        "other_matter": "es ist sicher {category}, ein Anliegen für eine andere Art von Team",
        "customer_known": "die Nachricht sagt, welcher Kunde es ist: {customer}",
        "stays": "es bleibt beim Team „{team}“",
        "raises_from": "die Wörter {words} erhöhen die Priorität: {before} → {priority}",
        "rule_raises_from": "die Regel „{rule}“, die auf die Nachricht allein passt, erhöht die "
        "Priorität: {before} → {priority}",
        "decided_by_all": "das bisher Gesagte entscheidet: Team „{team}“",
        "wrote_again": "der Kunde hat wieder geschrieben, deshalb ist das Team „{team}“ wieder "
        "zuständig",
        "moved": "{who} hat es im Helpdesk an das Team „{team}“ verschoben",
        "was_busy": "der Klassifikator war {seconds} s lang beschäftigt",
        "answers_late": "der Klassifikator antwortet erst jetzt; es ist noch unbearbeitet",
        "people_had_it": "Menschen waren schneller als der Klassifikator, deshalb bleibt es so",
        "assigned": "{who} bearbeitet es"
        "{in_turn}{least_loaded}{last}{owner}{deputy}{service_carer}{stands_in}{taken}",
        "offered": "es wurde {who} angeboten"
        "{in_turn}{least_loaded}{last}{owner}{deputy}{service_carer}{stands_in}{taken}",
        "in_turn": ", nach der Reihe",
        "least_loaded": ", wegen der geringsten Auslastung",
        "last": ", wie die letzte Anfrage des Kunden",
        "owner": ", zuständig für den Kunden im Vertrieb",
        "deputy": ", Vertretung der Zuständigkeit im Vertrieb",
        "service_carer": ", zuständig für den Kunden im Service",
        "stands_in": ", in Vertretung von {stands_in_for}",
        "taken": ", auf eigenen Wunsch",
        "waits_for_person": "im Team „{team}“ ist gerade niemand frei, deshalb wartet es auf "
        "die nächste freie Person",
        "helps_out": "„{team}“ hilft „{wanted}“ aus{queue_above}{queue_after}",
        "queue_above": "; dort warten auf jede Person so viele oder mehr: {above}",
        "queue_after": "; es hat dort zu lange gewartet",
    },
}
# Of decisions, policies and referrals.
TEXTS: Final = {
    language: texts | POLICY_TEXTS[language] | REFERRAL_TEXTS[language]
    for language, texts in _DECISION_TEXTS.items()
}
