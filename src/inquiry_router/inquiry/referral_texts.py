"""The texts of reasons about referrals: doubts, and steps that the router takes by itself."""

from typing import Final

# The values that two parties can share.
SHARED: Final = ("phone", "email", "nip", "account", "company", "name")
_BY: Final = tuple((f"same_{one}", one) for one in SHARED)
REFERRAL_PARTS: Final = {"recommends_self": _BY, "recommended_before": _BY}
REFERRAL_TEXTS: Final = {
    "pl": {
        "recommends_self": "osoba polecająca i polecona: {same_phone}{same_email}{same_nip}"
        "{same_account}{same_company}{same_name}",
        "same_phone": "ten sam numer telefonu",
        "same_email": "ten sam adres e-mail",
        "same_nip": "ten sam NIP",
        "same_account": "to samo konto klienta",
        "same_company": "ta sama firma",
        "same_name": "to samo imię i nazwisko",
        "customer_already": "polecona osoba to już klient „{name}”",
        "recommended_before": "tę osobę polecono już {day}: {same_phone}{same_email}{same_nip}"
        "{same_account}{same_company}{same_name}",
        "spelled_otherwise": "{day} polecono osobę o tym samym nazwisku w innej pisowni",
        "recommended_back": "{day} to polecona teraz osoba poleciła osobę, która poleca ją dziś",
        "protection_over": "minął czas ochrony",
        "won_by_invoice": "faktura {number}",
        "prospect_objected": "polecona osoba sprzeciwiła się kontaktowi",
    },
    "en": {
        "recommends_self": "recommender and prospect have the same {same_phone}{same_email}"
        "{same_nip}{same_account}{same_company}{same_name}",
        "same_phone": "number",
        "same_email": "address",
        "same_nip": "tax id",
        "same_account": "account",
        "same_company": "company",
        "same_name": "name",
        "customer_already": "the prospect is the customer '{name}' already",
        "recommended_before": "the prospect was recommended on {day} already, with the same "
        "{same_phone}{same_email}{same_nip}{same_account}{same_company}{same_name}",
        "spelled_otherwise": "a prospect of {day} has the same name in another spelling",
        "recommended_back": "the prospect recommended the recommender on {day}",
        "protection_over": "the protection is over",
        "won_by_invoice": "invoice {number}",
        "prospect_objected": "the prospect objected",
    },
    "de": {
        "recommends_self": "wer empfiehlt und wer empfohlen wird, haben gemeinsam: {same_phone}"
        "{same_email}{same_nip}{same_account}{same_company}{same_name}",
        "same_phone": "die Telefonnummer",
        "same_email": "die E-Mail-Adresse",
        "same_nip": "die Steuernummer",
        "same_account": "das Kundenkonto",
        "same_company": "die Firma",
        "same_name": "den Namen",
        "customer_already": "die empfohlene Person ist schon Kunde: „{name}“",
        "recommended_before": "diese Person wurde schon am {day} empfohlen; gleich ist: "
        "{same_phone}{same_email}{same_nip}{same_account}{same_company}{same_name}",
        "spelled_otherwise": "am {day} wurde jemand mit demselben Namen in anderer Schreibweise "
        "empfohlen",
        "recommended_back": "am {day} hat die empfohlene Person selbst die empfehlende empfohlen",
        "protection_over": "der Schutz ist abgelaufen",
        "won_by_invoice": "Rechnung {number}",
        "prospect_objected": "die empfohlene Person hat dem Kontakt widersprochen",
    },
}
