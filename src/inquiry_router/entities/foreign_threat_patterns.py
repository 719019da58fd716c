"""Patterns for threats in English, German, Czech, Slovak and Ukrainian."""

from typing import Final

from inquiry_router.entities.wordings import after, before, joined, wording
from inquiry_router.entities.words import phrase_list

# Words of the same sentence between a verb and its object.
_MORE: Final = r"(?:[^.!?\n]|\n(?!\n)){0,44}"
# ---- English ----------------------------------------------------------------------------------
_I_WILL: Final = joined(r"""
    (?:(?:i|we)(?:['’]?ll| will| shall|['’]m| am|['’]re| are| may| might| intend| plan| need)
    |(?<!not\s)going to|have to|forced to|left to|(?:choice|option|alternative) but to|ready to
    |prepared to|happy to|tempted to|or (?:i|we)|before (?:i|we)|let me)
""")
_COURT_EN: Final = wording(
    phrase_list("court|small claims|sue you|sue your|sue the company"),
    r"(?:small claims(?: court)?|court)\b|sue (?:you|your|the company)\b",
    before=before(rf"""
    (?:see|meet) you in (?:the )?
    |tak(?:e|ing) (?:you|this|it|them|the matter|your company) (?:(?:all the way
    |further) )?to (?:the )?
    |{_I_WILL} (?:\w+ ){{0,2}}?(?:go|going|end up|file|filing) (?:to|in|with|at) (?:the )?
    |(?:will|['’]ll|shall|(?<!not\s)going to|gonna|have to|forced to|could|might|may|or i)
    """),
    value="court",
)
_LAWYER_EN: Final = wording(
    phrase_list("solicitor|lawyer|attorney"),
    r"(?:solicitor|lawyer|attorney)s?\b(?! general)",
    before=before(rf"""
    hear(?:ing)? from (?:my|our|a)
    |{_I_WILL} (?:\w+ ){{0,2}}?(?:contact|instruct|consult|involv|call|speak|talk|pass|hand)(?:e
    |ing)?
    (?: (?:this|it|the matter|over|on|to|with))* (?:my|our|a) (?:\w+ )?
    """),
    after=after(r"(?:will|is going to|are going to) (?:be in touch|contact you|write to you)"),
    value="court",
)
_LEGAL_EN: Final = wording(
    ("legal",),
    r"legal (?:action|proceedings|steps)\b",
    before=before(r"""
    (?:tak|start|begin|commenc|pursu|consider|initiat)(?:e|ing|ning)? (?:(?:the|any|further
    |immediate) )?
    |resort(?:ing)? to
    """),
    value="court",
)
_REPORT_EN: Final = joined(rf"""
    {_I_WILL} (?:\w+ ){{0,2}}?(?:report|complain|go|tak|contact|refer|escalat|notify|inform|speak
    |talk|fil|lodg|rais)(?:e|ing)?\b(?! (?:to |with )?you\b){_MORE}
    |next (?:step|stop|call|letter|e-?mail) (?:is |will be )?(?:to )?(?:the )?
    |report(?:ing)? (?:you|this|it|your company) to (?:the )?
""")
_AUTHORITY_EN: Final = wording(
    phrase_list(
        "trading standards|ombudsman|citizens advice|better business|consumer|watchdog|attorney"
    ),
    r"""
    trading standards\b|(?:consumer |financial )?ombudsman\b|citizens advice\b|watchdog\b
    |better business bureau\b|attorney general\b|consumer (?:protection|affairs|rights|council)\b
    """,
    before=before(_REPORT_EN),
    value="authority",
)
_POLICE_EN: Final = wording(
    phrase_list("police|fraud squad|action fraud"),
    r"(?:police|fraud squad|action fraud)\b(?! (?:station|force|department|federation|officer))",
    before=before(_REPORT_EN),
    value="police",
)
_PUBLICITY_EN: Final = wording(
    phrase_list("review|press|papers|newspaper|media|trustpilot"),
    r"""
    reviews?\b|trustpilot\b
    |(?:(?<=the\s)|(?<=local\s)|(?<=social\s))(?:press|papers|newspapers?|media)
    \b(?! (?:office|shop|cent))
    """,
    before=before(rf"""
    {_I_WILL} (?:\w+ ){{0,2}}?(?:leav|writ|post|giv)(?:e|ing)? (?:\w+ ){{0,3}}?(?:bad|negative
    |terrible|(?:one|1|zero)[- ]star|scathing|awful|honest|damning|poor|stinking|horrible) (?:\w+ )?
    |{_I_WILL} (?:\w+ ){{0,2}}?(?:go|going|tak(?:e|ing) this|contact(?:ing)?|talk(?:ing)?
    |speak(?:ing)?) (?:to )?(?:the )?(?:local |social )?
    """),
    value="publicity",
)
_WITHDRAWAL_EN: Final = wording(
    phrase_list("cancel|terminat|withdraw|rescind"),
    r"""
    (?:cancel|terminate|rescind|withdraw from|cancelling|terminating|withdrawing from) (?:the|this
    |our|my) (?:\w+ )?contract\b
    """,
    before=before(rf"(?:if|unless|otherwise|or else|forced|no choice|or)\b{_MORE}"),
    after=after(r"[^.!?\n]{0,20}(?:if|unless|because of (?:your|the) (?:delay|failure)\w*)"),
    value="withdrawal",
)
# ---- German -----------------------------------------------------------------------------------
_LAWYER_DE: Final = wording(
    phrase_list("anwalt|anwält|rechtsanwalt"),
    r"(?:rechts)?anw[aä]lt(?:e|en|in|s)?\b",
    before=before(r"""
    (?:schalten?|übergeben?|gehen?|nehmen?|beauftragen?) (?:ich|wir) [^.!?\n]{0,40}
    |(?:ich|wir) (?:schalten?|übergeben?|gehen?|beauftragen?) [^.!?\n]{0,40}
    |(?:das|es|die sache|der fall) (?:geht|landet) (?:\w+ ){0,3}
    |(?:geht|landet) (?:das|die sache|der fall) (?:\w+ ){0,3}
    |hören (?:sie )?von (?:meinem|unserem)
    """),
    after=after(r"(?:einschalten|einzuschalten|beauftragen|übergeben|(?:wird|meldet) sich)"),
    value="court",
)
_COURT_DE: Final = wording(
    phrase_list("rechtliche|klage|verklag|gericht|mahnbescheid|rechtsweg"),
    r"""
    rechtlichen? schritten?\b|rechtsweg\b|mahnbescheid\b|klage\b|(?<=vor\s)gericht\b
    |verklagen?\b
    """,
    before=before(r"""
    (?:leiten?|prüfen?|behalten?|gehen?|ziehen?|erheben?|reichen?|beantragen?|sehen|treffen|werden?
    |treten?) (?:ich|wir|mir|uns) [^.!?\n]{0,40}
    |(?:ich|wir) (?:leiten?|prüfen?|behalten?|ziehen?|gehen?|erheben?|reichen?|beantragen?|werden?)
    [^.!?\n]{0,40}
    |(?:das|es|die sache|der fall) (?:geht|landet) (?:\w+ ){0,3}
    """),
    after=after(r"""
    (?:einleiten|einreichen|erheben|einzuleiten|einzureichen|zu erheben|beantragen
    |(?:ich|wir) (?:sie|euch))
    """),
    value="court",
)
_AUTHORITY_DE: Final = wording(
    phrase_list("verbraucher|gewerbeaufsicht|schlichtungsstelle|ombudsmann|konsumentenschutz"),
    r"""
    (?:verbraucher(?:zentrale|schutz\w*)|gewerbeaufsicht|schlichtungsstelle|ombudsmann
    |konsumentenschutz)\b
    """,
    before=before(r"""
    (?:wenden?|melden?|gehen?|schalten?|informieren?|übergeben?) (?:ich|wir|mich|uns) [^.!?\n]{0,40}
    |(?:ich|wir) (?:wenden?|melden?|gehen?|schalten?|informieren?|werden?) [^.!?\n]{0,40}
    |(?:sonst|ansonsten|nächster schritt)[ ,:]+(?:(?:die|zur|ist die|bei der) )?
    """),
    after=after(r"(?:einschalten|wenden|informieren|einzuschalten)"),
    value="authority",
)
_POLICE_DE: Final = wording(
    phrase_list("anzeige|strafanzeige|polizei"),
    r"(?:straf)?anzeige\b|polizei\b",
    before=before(r"""
    (?:erstatten?|gehen?) (?:ich|wir) [^.!?\n]{0,30}
    |(?:ich|wir) (?:erstatten?|gehen?) [^.!?\n]{0,30}
    """),
    after=after(r"(?:erstatten|zu erstatten|wegen betrugs?|anzeigen)"),
    value="police",
)
_PUBLICITY_DE: Final = wording(
    phrase_list("bewertung|presse|zeitung|google-bewertung|rezension"),
    r"(?:google-)?bewertung\b|rezension\b|(?:(?<=die\s)|(?<=zur\s))(?:presse|zeitung)\b",
    before=before(r"""
    (?:schreiben?|hinterlassen?|gibt|bekommen|geben?|posten?|dann) [^.!?\n]{0,30}(?:schlechte
    |negative|entsprechende|vernichtende|miese|1-sterne|ein-stern)\w*[ -](?:google )?
    |(?:ich|wir) (?:gehen?|wenden?) [^.!?\n]{0,30}(?:an die|zur)
    |(?:gehen?|wenden?) (?:ich|wir) [^.!?\n]{0,30}(?:an die|zur)
    """),
    value="publicity",
)
_WITHDRAWAL_DE: Final = wording(
    phrase_list("vertrag|kaufvertrag"),
    r"(?<=vom\s)(?:kauf)?vertrag zurück(?:treten|zutreten)?\b",
    before=before(
        r"(?:sonst|ansonsten|andernfalls|falls|wenn|wegen|nicht|gezwungen)\b[^.!?\n]{0,60}"
    ),
    after=after(r"[^.!?\n]{0,20}(?:wenn|falls|sollte)"),
    value="withdrawal",
)
# ---- Czech, Slovak, Ukrainian -----------------------------------------------------------------
_COURT_ELSEWHERE: Final = wording(
    phrase_list("soud|súd|právn|advokát|žalob|суд|адвокат|юрист"),
    r"""
    (?:soud|soudu|súd|súde|soudně|súdne|právn[ií]k\w*|advokát\w*|žalob\w+|суду?|адвокат\w*
    |юрист\w*)\b
    """,
    before=before(r"""
    obrac(?:ím|iam) s[ea] na
    |(?:obr[áa]t[íi]m|předám|podám|podávám|dám|odovzdám|(?:budu|budem) (?:to )?(?:řešit|riešiť)
    |zažaluj[iu]) [^.!?\n]{0,30}
    |(?:подам|подаю|подамо|подаємо|звернусь|звернуся|звернемось|звернемося|піду) [^.!?\n]{0,30}
    """),
    value="court",
)
_AUTHORITY_ELSEWHERE: Final = wording(
    phrase_list("čoi|soi|obchodní inspek|obchodnú inšp|держпродспожив|споживач"),
    r"""
    (?:čoi|soi)\b|obchodní inspekc\w+|obchodnú inšpekciu\b|держпродспоживслужб\w*
    |(?<=прав\s)споживач\w+
    """,
    before=before(r"""
    obrac(?:ím|iam) s[ea] na
    |(?:obr[áa]t[íi]m|nahl[áa]s[íi]m|podám|dám) [^.!?\n]{0,40}
    |(?:звернусь|звернуся|звернемось|звернемося|напишу|поскаржусь|поскаржуся|подам) [^.!?\n]{0,40}
    """),
    value="authority",
)
_POLICE_ELSEWHERE: Final = wording(
    phrase_list("policii|polícii|поліці"),
    r"policii\b|polícii\b|поліці\w+",
    before=before(r"""
    (?:obr[áa]t[íi]m|nahl[áa]s[íi]m|podám|půjdu|pôjdem|звернусь|звернуся|напишу|піду
    |подам) [^.!?\n]{0,40}
    """),
    value="police",
)
FOREIGN_THREATS: Final = (
    _COURT_EN,
    _LAWYER_EN,
    _LEGAL_EN,
    _AUTHORITY_EN,
    _POLICE_EN,
    _PUBLICITY_EN,
    _WITHDRAWAL_EN,
    _LAWYER_DE,
    _COURT_DE,
    _AUTHORITY_DE,
    _POLICE_DE,
    _PUBLICITY_DE,
    _WITHDRAWAL_DE,
    _COURT_ELSEWHERE,
    _AUTHORITY_ELSEWHERE,
    _POLICE_ELSEWHERE,
)
