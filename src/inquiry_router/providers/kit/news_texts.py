"""The texts of `news`, in Polish and English."""

from typing import Final

MONTHS: Final = {
    "pl": tuple(f"{month:02}" for month in range(1, 13)),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}

CHANNELS: Final = {
    "pl": {
        "email": "e-mail",
        "phone": "telefon",
        "chat": "czat",
        "form": "formularz",
        "note": "notatka",
        "api": "API",
    },
    "en": {
        "email": "e-mail",
        "phone": "phone",
        "chat": "chat",
        "form": "form",
        "note": "note",
        "api": "API",
    },
}

NEWS: Final = {
    "pl": {
        "time": "{day}.{month}.{year} o {time}",
        "message": "Klient odezwał się znowu ({channel}, {when}{who}):",
        "subject": "Temat: {subject}",
        "word": "„{word}”",
        "raised": "Priorytet zmieniony z „{before}” na „{now}” po wiadomości z {when}",
        "decided": "Decyzja po kolejnej wiadomości klienta, {when}:",
        "reopened": "Sprawa otwarta na nowo: klient odezwał się {when}.",
        "split": "Klient pyta też o coś innego, dla innego zespołu (wiadomość z {when}).",
        "resolved": "Sprawa załatwiona, {when}.",
        "has": "Sprawę prowadzi teraz: {who}.",
        "reopened_by_person": "Sprawa otwarta na nowo, {when}.",
        "merged": "Do tej sprawy dołączono sprawę {reference}.",
        "merged_away": "Ta sprawa jest teraz częścią sprawy {reference}; dalszy ciąg tam.",
        "unmerged": "Sprawę {reference} ponownie wydzielono z tej sprawy.",
        "unmerged_away": "Ta sprawa jest znów osobna, nie jest już częścią sprawy {reference}.",
        "unlinked": "Ta sprawa nie jest już powiązana ze sprawą {reference}.",
        "joined": "To ta sama sprawa co {reference}, którą zajmuje się zespół: {team}.",
        "by": "Kto: {who}",
        "note": "Notatka: {note}",
        "why": "Powód: {why}",
        "owner": "Oddzwania: {owner}",
        "escalated": "To się powtarza: proszę zająć się tym od razu.",
    },
    "en": {
        "time": "{day} {month} {year} at {time}",
        "message": "The customer spoke again ({channel}, {when}{who}):",
        "subject": "Subject: {subject}",
        "word": "'{word}'",
        "raised": "Priority raised from {before} to {now} after the message of {when}",
        "decided": "Decided after another message of the customer, {when}:",
        "reopened": "Reopened: the customer spoke again on {when}.",
        "split": "The customer also asks for something else, for another team ({when}).",
        "resolved": "Resolved on {when}.",
        "has": "Now with {who}.",
        "reopened_by_person": "Reopened on {when}.",
        "merged": "Inquiry {reference} was merged into this one.",
        "merged_away": "This inquiry is now part of {reference}; it goes on there.",
        "unmerged": "Inquiry {reference} was taken out of this one again.",
        "unmerged_away": "This inquiry is one of its own again, no longer part of {reference}.",
        "unlinked": "This inquiry no longer belongs together with {reference}.",
        "joined": "This is the same matter as {reference}, which the team {team} has.",
        "by": "By: {who}",
        "note": "Note: {note}",
        "why": "Reason: {why}",
        "owner": "Calls back: {owner}",
        "escalated": "This repeats: please see to it at once.",
    },
}

# With `_from` on the inquiry that came out of the other one.
LINKS: Final = {
    "pl": {
        "team": " (zespół: {team})",
        "split": "Klient pyta też o coś innego: to osobna sprawa {reference}{team}.",
        "split_from": "Ta sprawa oddzieliła się od sprawy {reference}{team}.",
        "perhaps": "Być może to ta sama sprawa co {reference}{team}.",
        "continues": "Klient wrócił do tej sprawy po czasie: nowa sprawa {reference}{team}.",
        "continues_from": "To dalszy ciąg sprawy {reference}{team}, która była już załatwiona.",
        "by_hand": "Ta sprawa wiąże się ze sprawą {reference}{team}.",
    },
    "en": {
        "team": " (team: {team})",
        "split": "The customer also asks for something else: inquiry {reference}{team}.",
        "split_from": "This inquiry was split off {reference}{team}.",
        "perhaps": "Perhaps this is the same matter as {reference}{team}.",
        "continues": "The customer came back to this matter later: new inquiry {reference}{team}.",
        "continues_from": "This continues {reference}{team}, which had been resolved.",
        "by_hand": "This inquiry belongs together with {reference}{team}.",
    },
}

# By the kinds of `calls/`: those of a call, of a promised callback, and of calling back.
CALLS: Final = {
    "pl": {
        "called": "Klient dzwonił {when}, próba {attempt}.",
        "missed": "Klient dzwonił {when} i nikt nie odebrał (próba {attempt}).",
        "alarm": "ALARM: klient w niebezpieczeństwie dzwonił {when} i nikt nie odebrał: {number}.",
        "callback": "Obiecano klientowi oddzwonić: {due}.",
        "voicemail": "Klient nagrał wiadomość {when}: {url}",
        "voicemail_words": "Klient nagrał wiadomość {when}:",
        "reached": "Klient dodzwonił się {when}.",
        "reminded": "Przypomnienie z {when}: oddzwonić pod {number}, termin minął {due}.",
        "rung_back": "Oddzwoniono do klienta {when} i odebrał ({who}).",
        "rung_back_in_vain": "Oddzwoniono {when}, klient nie odebrał ({who}, próba {attempt}).",
    },
    "en": {
        "called": "The customer rang on {when}, attempt {attempt}.",
        "missed": "The customer rang on {when} and nobody answered (attempt {attempt}).",
        "alarm": "ALARM: a customer in danger rang on {when} and nobody answered: {number}.",
        "callback": "A callback was promised for {due}.",
        "voicemail": "The customer left a message on {when}: {url}",
        "voicemail_words": "The customer left a message on {when}:",
        "reached": "The customer reached somebody on {when}.",
        "reminded": "Reminder of {when}: call back {number}, it was due on {due}.",
        "rung_back": "Called back on {when} and reached the customer ({who}).",
        "rung_back_in_vain": "Called back on {when} without an answer ({who}, attempt {attempt}).",
    },
}
