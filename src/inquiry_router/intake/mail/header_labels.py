"""The words that mail programs write into the headers of a quoted or forwarded mail.

They are in the languages of Europe, Turkish, Chinese and Japanese.
"""

import re
from typing import Final

from inquiry_router.text.folding import fold

_LABELS: Final = {
    "from": "od|from|von|de|da|van|fra|från|від|от|nadawca|absender|expéditeur|mittente|afzender"
    "|lähettäjä|feladó|šalje|pošiljatelj|saatja|de la|expeditorul|expeditor|remitente|remetente"
    "|kimden|gönderen|від кого|отправитель|відправник|odesílatel|odosielateľ|avsändare|avsender"
    "|发件人|發件人|寄件者|寄件人|送信元|差出人",
    "to": "do|to|an|à|a|para|komu|aan|til|till|кому|dla|adresat|odbiorca|empfänger|pour|pre"
    "|destinataire|destinatario|destinatário|destinatarul|către|vastaanottaja|címzett|prima|za"
    "|primatelj|saaja|kime|alıcı|получатель|одержувач|mottagare|mottaker|收件人|收件者|送信先|宛先",
    "sent": "wysłano|sent|gesendet|envoyé|enviado|enviada em|enviado em|inviato|odesláno|odoslané"
    "|verzonden|надіслано|відправлено|отправлено|skickat|sendt|lähetetty|elküldve|trimis"
    "|gönderildi|gönderilen|poslano|data|date|datum|datum/tid|дата|fecha|dato|päivämäärä|päiväys"
    "|dátum|dată|tarih|kuupäev|date sent|发送时间|日期|发送日期|時間|傳送時間|日付|送信日時",
    "subject": "temat|subject|betreff|objet|asunto|oggetto|předmět|predmet|onderwerp|тема|ämne|emne"
    "|assunto|sujet|aihe|tárgy|naslov|subiect|subiectul|konu|teema|主题|主旨|主題|件名",
    "other": "cc|dw|udw|bcc|kopia|kopie|kopie (cc)|kopia do|do wiadomości|copie|copie à|copia|cópia"
    "|kopi|kópia|másolat|másolatot kap|kopio|bilgi|копія|копия|resposta a|priorytet|priority"
    "|importance|ważność|wichtigkeit|prioritet|organization|organizacja|reply-to|odpowiedz do"
    "|antwort an|message-id|抄送|副本",
}
KIND_OF: Final = {fold(word): kind for kind, words in _LABELS.items() for word in words.split("|")}
FORWARDED: Final = re.compile(
    fold(
        "forwarded|fwd|przekaz|przesłan|przesyłan|weitergeleitet|transfér|transmis|réexpédi"
        "|reenviad"
        "|encaminhad|reencaminhad|inoltrat|přeposlan|přeposílan|preposlan|doorgestuurd|videresend"
        "|vidarebefordra"
        "|välitetty|edelleenlähetetty|továbbított|proslijeđen|redirecționat|iletil|ileti başlangıcı"
        "|пересл|пересил|пересыл|переадр|перенаправлен|转发|轉寄|転送"
    )
)
ORIGINAL: Final = re.compile(
    fold(
        "origin|oryginal|ursprüngl|původní|pôvodná|oorspronkelijk|оригинал|оригінал|исходн|початков"
        "|вихідн|原始|元のメッセージ"
    )
)
# Yahoo writes the labels of a forwarded mail without any space behind the value before them.
_CAPITALISED: Final = "|".join(
    re.escape(word.capitalize())
    for words in _LABELS.values()
    for word in sorted(words.split("|"), key=len, reverse=True)
    if len(word) > 1
)
_GLUED: Final = re.compile(rf"(?<=[\w>)])(?=(?:{_CAPITALISED}|CC|À|A) ?:)")
_ONE_LINE: Final = re.compile(r"(\s{0,8}-{5} [^-\n]{4,50} -{5}) +(?=\S[^:\n]{0,20}:)")
_MAX_ONE_LINE_CHARS: Final = 2_000


def split_glued_headers(line: str) -> list[str]:
    """Split a line that holds a marker and all headers of a forwarded mail.

    Other lines are returned as they are.
    """
    found = _ONE_LINE.match(line) if len(line) <= _MAX_ONE_LINE_CHARS else None
    if found is None or not FORWARDED.search(fold(found[1])):
        return [line]
    return [found[1], *_GLUED.sub("\n", line[found.end() :]).split("\n")]
