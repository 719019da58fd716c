"""Words of customers who ask, and of the answers that they wait for; parts of patterns."""

from typing import Final

from inquiry_router.entities.wordings import joined

# Up to so many words between a verb and a count: within a clause, so no comma and no conjunction.
WORD: Final = joined(r"""
    (?:(?!(?:ale|bo|że|ze|i|a|żeby|zeby|więc|wiec|because|and|but|so|und|dass|weil|aber|protože|ale
    |že|бо|що|але|і|та) )[\w'’/.-]*[\w'’] )
""")
# The customer asks, now.
_ASKS: Final = joined(r"""
    pisz[ęe](?:my)?|dzwoni(?:[ęe]|my)?|dzwonił[ao]?|dzwonił[ae]m|zadzwonił[ae]m|prosi(?:my)?
    |prosz[ęe](?! (?:pan[ia]|nie)\b)|zg[łl]asza(?:m|my)?|zgłosił[ae]?m?|pyta(?:m|my)?
    |ponagla(?:m|my)
    |przypomina(?:m|my)|monituj[ęe](?:my)?|wysyła(?:m|my)|przesyła(?:m|my)|zwraca(?:m|my)
    |kontaktuj[ęe](?:my)?|upomina(?:m|my)?|domaga(?:m|my)?|reklamuj[ęe](?:my)?|apeluj[ęe]
    |interweniuj[ęe](?:my)?|(?:mam|mamy|musz[ęe]) (?:dzwonić|pisać|prosić|zgłaszać|pytać
    |przypominać)
    |(?:writ(?:e|ing|ten)|wrote|call(?:ing|ed)?|e-?mail(?:ing|ed)?|ring(?:ing)?|r[au]ng
    |phon(?:e|ing|ed)|ask(?:ing|ed)?|request(?:ing|ed)?|contact(?:ing|ed)?|chas(?:ing|ed)
    |report(?:ing|ed)?|messag(?:ing|ed)|explain(?:ing|ed)?|complain(?:ing|ed)?
    |attached)(?! (?:me|us)\b)
    |schreibe?n?|rufe?n?|angerufen|ich bitte|bitte ich|bitten wir|frage|nachgefragt|melden?|mahnen?
    |kontaktieren?|wenden?|fordern?|fordere|reklamieren?|reklamiere|hake|lege|sende
    |píš[iue]|píšem|vol[áa]m|žád[áa]m|žiad[áa]m|pros[íi]m|pt[áa]m|pýt[áa]m|urguj[iu]|urgujem
    |obrac[íi]m|reklamuj[iu]|reklamujem|пишу|пишемо|дзвоню|дзвонимо|телефоную|прошу|просимо
    |звертаюс[ья]|питаю|écris|relance|appelle|contacte|escribo|llamo|pido|scrivo|chiamo
""")
ASKING: Final = rf"(?:{_ASKS})\b(?! do (?:mnie|nas)\b)"
ORDINALS: Final = "drugi|trzeci|czwarty|piąty|piaty|szósty|siódmy|ósmy|dziesiąty|setny|enty|któryś"
ORDINALS_EN: Final = "second|third|fourth|fifth|sixth|seventh|tenth|umpteenth|nth|2nd|3rd|4th"
MULTIPLES: Final = "podruhé|potřetí|počtvrté|popáté|druhýkrát|tretíkrát|štvrtýkrát|вдруге|втретє"
# The customer asked.
ASKED: Final = joined(r"""
    (?:(?:na)?pisa[łl][ae]m|pisaliśmy|(?:za)?dzwoni[łl][ae]m|dzwoniliśmy|zg[łl]asza[łl][ae]m
    |zgłaszaliśmy|zgłosił[ae]m|zgłosiliśmy|(?:po)?prosi[łl][ae]m|prosiliśmy|pyta[łl][ae]m|pytaliśmy
    |monitował[ae]m|upominał[ae]m|kontaktował[ae]m|kontaktowaliśmy|wys[łly]+a[łl][ae]m|wysłaliśmy
    |reklamował[ae]m|reklamowaliśmy|tłumaczył[ae]m|opis(?:yw)?a[łl][ae]m|interweniował[ae]m
    |mailował[ae]m
    |zwracał[ae]m|próbował[ae]m|psal[ai]? jsem|volal[ai]? jsem|písal[ai]? som|volal[ai]? som
    |urgoval[ai]? (?:jsem|som))
""")
ASKED_EN: Final = joined(r"""
    (?<!is\s)(?<!was\s)(?<!are\s)(?<!phone\s)(?<!bell\s)(?:called|phoned|rang|rung|e-?mailed|written
    |wrote|asked|contacted|messaged|requested|reported|chased|complained)\b(?! (?:me|us|my|it)\b)
""")
ASKED_DE: Final = joined(r"""
    (?:geschrieben|angeschrieben|angerufen|gebeten|nachgefragt|gemeldet|reklamiert|angemahnt
    |nachgehakt|kontaktiert|aufs band gesprochen)
""")
ANSWER: Final = joined(r"""
    (?:\w+ ){0,2}?(?:odpowied[źz]|kontakt|telefon|oddzwonieni|odzew|reakcj|informacj|wycen|ofert
    |decyzj|rozpatrzeni|korekt|faktur|zwrot|serwisant|rozwiązani|pieniądz|jakikolwiek)\w*
""")
ANSWER_EN: Final = joined(r"""
    (?:(?:a|an|any|the|your|my|our|some) )?(?:\w+ )?(?:reply|response|answer|call ?back|feedback
    |quote|quotation|refund|credit(?: note)?|invoice|engineer|update|replacement|someone to
    |somebody to|you to)\b(?! from (?!you))
""")
ANSWER_DE: Final = joined(r"""
    (?:(?:eine|die|ihre|ihren|den|einen|irgendeine) )?(?:antwort|rückmeldung|rückruf|reaktion
    |gutschrift|angebot|techniker|monteur|erstattung|rückzahlung)\w*
""")
ANSWER_OTHER: Final = joined(r"""
    (?:\w+ )?(?:odpově[dď]|vyjádření|reakci|odpoveď|vyjadrenie|відповід|дзвінк|повернення|réponse
    |respuesta|risposta)\w*
""")
SPAN: Final = joined(r"""
    (?:\w+ ){0,2}(?:dni|dnia|tydzień|tygodni\w*|miesi[ąe]c\w*|poniedziałku|wtorku|środy|czwartku
    |piątku|wczoraj|rana)
""")
STILL_NOT: Final = joined(r"""
    (?:nadal|wci[ąa]ż|ci[ąa]gle|dalej|do dziś|do tej pory|jeszcze|w dalszym ciągu)
""")
