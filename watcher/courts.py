"""What a docket entry is: read from the clerk's own words.

Clerks write the kind of paper first (`ORDER granting 12 Motion…`, `MOTION for … (Attachments: # 1 Text of Proposed Order)`), so the
word that comes first decides, after what only decorates it is taken away. What a party proposes is never an order. Where nothing is
recognised the type is `other`; a paper that a judge signed or that says *so ordered* is an order all the same.
"""

import re

from watcher.models import DocumentType

READ = 4_000  #: characters of an entry that are looked at; the kind stands in the first line
HEAD = 240  #: characters in which the kind must stand
SHORT = 120  #: characters of `short`, the ellipsis included
BARE = 100  #: characters: a court's own feed names a paper by its sort alone (`Order on Motion to Stay`)

T = DocumentType


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(patterns)})(?![A-Za-z])", re.IGNORECASE)


# What stands before the kind and says nothing about it.
_DECORATION = re.compile(
    r"(?:\*{2,}[^*]{1,80}\*{2,}"  # `***EX-PARTE***`
    r"|redaction\sto\s\([^)]{1,400}\)"  # as New York does with what it redacts anew
    r"|correction\sof\sdocket\s#[^a-z]{1,40}(?:and\s[^a-z]{1,40})?"
    r"|filing error\b[^-]{0,60}-(?:\s*wrong[^-]{0,60}-)?"
    r"|(?:(?:chief|senior|u\.s\.|district|magistrate|circuit)\s){0,3}judge\s[^:]{2,60}:"  # as Massachusetts does
    r"|\(?\s*(?:text|docket)[ -](?:only|text)(?: entry)?\s*[:)]"
    r"|[#\[(]?\d{1,12}[\])]?(?=\s)"
    r"|filed(?=\s(?:\w+\s){0,3}(?:order|opinion|memorandum|judgment))"
    r"|[-:;,.*\s]+)\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\(?\s*attachments?\s*(?:\(s\))?\s*:|\(entered\s*:|\(main document", re.IGNORECASE)

# The Supreme Court says first what was asked, then what became of it.
_GRANTED = r"(?:granted|denied|dismissed|vacated|recalled|referred to the court|treated as)"
_SUPREME: tuple[tuple[DocumentType, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE | re.DOTALL))
    for kind, pattern in (
        (T.OPINION, r"(?:judgment|adjudged|decree|affirmed|reversed|vacated|writ of certiorari)\b.{0,400}\bopinion\b"),
        (T.JUDGMENT, r"judgment\b(?:\s(?:issued|affirmed|reversed|vacated)|.{0,60}\b(?:affirmed|reversed|vacated))|adjudged\b"),
        (T.HEARING, r"set for (?:oral )?argument|(?:oral )?argument (?:re)?scheduled"),
        (T.MINUTE, r"argued\b"),
        (T.ORDER, rf"(?:the\s)?(?:application|motion|petition)s?\b.{{0,400}}?\b{_GRANTED}\b"),
        (
            T.ORDER,
            r"writ of certiorari (?:dismissed|granted|denied)|rehearing (?:denied|granted)|upon consideration|it is ordered|in light of",
        ),
        (T.ORDER, r"the time to file\b.{0,200}\bextended\b"),
        (T.HEARING, r"(?:(?:motion|application)\b.{0,20}\b)?distributed\b"),
        (T.NOTICE, r"response (?:to|of)\b.{0,120}\brequested\b|response requested|record (?:requested|received)"),
        (T.OTHER, r"waiver\b"),
        (T.MOTION, r"application\b.{0,600}?\bsubmitted to\b|motion\b.{0,400}?\b(?:submitted to|filed)\b"),
        (T.APPEAL, r"(?:petition for (?:a )?writ of|jurisdictional statement|petition\b.{0,200}\bfiled)\b"),
        (T.BRIEF, r"(?:brief|reply|response|amicus|supplemental brief|memorandum|opposition)\b"),
        (T.LETTER, r"letter\b"),
        # an order that opens with what the matter is about
        (T.ORDER, r".{0,1500}?\b(?:is|are)\s(?:hereby\s|further\s)?(?:directed|ordered|enjoined|stayed|vacated)\b"),
    )
)
_ONLY_SUPREME = re.compile(
    r"(?:the )?(?:application|motion|petition)\b.{0,20}?\([0-9]{2}[AMO][0-9]+\)|(?:petition|application) (?:denied|granted)", re.IGNORECASE
)

# Elsewhere the first of these words decides; of two that begin together, the one further up.
_KINDS: tuple[tuple[DocumentType, re.Pattern[str]], ...] = (
    (T.PROPOSED_ORDER, _words(r"(?:text\sof\s)?[\[(]?proposed[\])]?\s(?:[\w’'\[\]-]+\s){0,4}?[\[(]?(?:order|judgment|injunction)s?")),
    (
        T.PROPOSED_ORDER,
        _words(r"(?:order|judgment)\s[\[(]proposed[\])]", r"stipulat(?:ion|ed)\b[^.:]{0,80}?\bproposed[\])]?\s(?:\w+\s){0,3}order"),
    ),
    (
        T.TRANSCRIPT,
        _words(
            r"notice\sof\s(?:filing\s(?:of\s)?)?(?:official\s)?transcripts?",
            r"(?:redacted\s|official\s)?transcripts?(?:\s(?:order|request|designation))?",
            r"notice\sis\shereby\sgiven\sthat\san\sofficial\stranscript",
        ),
    ),
    (
        T.MOTION,
        _words(
            r"letter[\s-]motion", r"notice\sof\s(?:\w+\s){0,2}motion", r"(?:cross[\s-])?motions?", r"petition\sfor\s(?:\w+\s){0,3}rehearing"
        ),
    ),
    (T.HEARING, _words(r"(?:~?util\s-\s)?set(?:/reset)?\s(?:[\w&]+\sand\s[\w&]+\s)?(?:deadlines/)?hearings?")),
    (
        T.HEARING,
        _words(
            r"(?:(?:electronic|clerks?['’]?s?|amended)\s){0,2}notice\s(?:of\s)?(?:re)?(?:setting|scheduling|hearing|continuing|advancing|vacating|cancelling|canceling)"
            r"(?:[^.]{0,80}?(?:hearing|conference|argument))?",
            r"notice\s(?:of\s|setting\s|resetting\s|or\s){1,5}(?:\w+\s){0,3}hearings?",
            r"(?:re)?set\sfor\s(?:oral\s)?argument",
            r"calendared\sfor\soral\sargument",
            r"oral\sargument\s(?:scheduled|set)",
        ),
    ),
    (T.OTHER, _words(r"set/reset\sdeadlines", r"~?util")),
    (T.NOTICE, _words(r"(?:joint\s)?status\s(?:report|update)")),
    (
        T.MINUTE,
        _words(r"minute\sentry", r"(?:civil\s|criminal\s|courtroom\s)?minutes?(?!\sorder)", r"(?:electronic\s)?clerk['’]?s?\snotes"),
    ),
    (T.MINUTE, _words(r"(?:[a-z]+\s){1,3}(?:hearing|conference)\s(?:held|heard)", r"oral\sargument\s(?:held|heard)")),
    (T.HEARING, _words(r"initial\sappearance\b[^.;]{0,80}?\s(?:re)?(?:set|scheduled|continued)\s(?:for|to)")),
    (T.MINUTE, _words(r"initial\sappearance")),
    (
        T.APPEARANCE,
        _words(
            r"(?:notice|entry|withdrawal)\sof\s(?:(?:attorney|counsel|withdrawal|entry|limited|special|general|of)\s){0,4}appearance(?:\sform)?(?!\sbond)",
            r"(?:attorney|counsel)\sappearance",
            r"\Aappearance(?:\sform|\sof\s(?:counsel|attorneys?)(?!\sgeneral)|\s(?:by|for|filed)|\W*\Z)",
            r"add(?:\sand\sterminate)?\sattorneys",
            r"pro\shac\svice\sattorney",
            r"notice\sof\sattorney(?:\s(?:appearance|withdrawal|substitution|change|admission)|\W*\Z)",
        ),
    ),
    (
        T.APPEAL,
        _words(
            r"(?:notice\sof\s)(?:[\w-]+\s){0,2}(?:cross[\s-])?appeal",
            r"usca\scase\snumber",
            r"appeal\sof\smagistrate",
            r"petition\sfor\s(?:a\s)?(?:writ\sof\s)?(?:certiorari|mandamus|review|permission\sto\sappeal)",
            r"(?:civil\s|agency\s)?case\sdocketed",
            r"appeal\s(?:filed|docketed)",
            r"(?:usca\s)?appeal\sfees?",
        ),
    ),
    (T.ORDER, _words(r"sealed\W{1,3}(?:\w+\s){0,3}?order")),
    (T.OPINION, _words(r"sealed\W{1,3}(?:\w+\s){0,3}?opinion")),
    (T.OPINION, _words(r"(?:memorandum\s(?:and\s|&\s)?)?opinions?", r"report\s(?:and|&)\srecommendations?")),
    (T.OPINION, _words(r"case\stermination\sfor\sopinion")),
    (T.JUDGMENT, _words(r"case\stermination\sfor\s(?:order\sand\s)?judgment")),
    (
        T.ORDER,
        _words(
            r"case\stermination",
            r"ruling\sletter\ssent",
            r"closed\sdismissed",
            r"clerk['’]?s?\sentry\sof\sdefault",
            r"[\w\s]{1,60}-\ssigned",
        ),
    ),
    (T.ORDER, _words(r"memorandum(?:\s(?:and|&|of\sdecision\sand))?\s(?:\w+\s)?order", r"stipulat(?:ion|ed)\b[^.:]{0,40}?\band\sorder")),
    (T.OPINION, _words(r"memorandum\s(?:disposition|of\sdecision)", r"memorandum(?=[^.]{0,12}\((?:[A-Z. ]+\)|[^)]*\b[A-Z]{2,4}\)))")),
    (
        T.ORDER,
        _words(
            r"order(?:s|ed)?(?!\sform)",
            r"memo(?:randum)?\sendorse(?:ment|d)",
            r"endorsed\sletter",
            r"(?:preliminary\s|permanent\s)?injunction",
            r"(?:administrative\s|temporary\s)?stay\s(?:is\s)?(?:granted|entered|ordered|denied|lifted|vacated)",
            r"writ\sof\shabeas\scorpus\sissued",
            r"ruling(?!\sletter)",
            r"case\sstayed",
        ),
    ),
    (T.JUDGMENT, _words(r"judgments?", r"mandate", r"jury\sverdict")),
    (T.SEALED, _words(r"sealed", r"filed\sunder\sseal", r"under\sseal")),
    (T.LETTER, _words(r"(?<!endorsed\s)letter(?!\s(?:response|reply|brief))")),
    (
        T.BRIEF,
        _words(
            r"statement\sof\snon-opposition",
            r"(?:letter\s)?(?:response|reply|opposition|objections?|sur-?reply|answering)(?!\sto\scomplaint)",
            r"(?:letter\s)?briefs?",
            r"memorandum",
            r"memo\sin",
            r"amic(?:us|i)",
            r"rule\s56\.1\sstatement",
        ),
    ),
    (T.NOTICE, _words(r"notices?")),
    (
        T.OTHER,  # words that begin a paper of no kind above, and hide what follows them
        _words(
            r"declarations?",
            r"affidavits?",
            r"affirmation",
            r"exhibits?",
            r"certificate",
            r"(?:amended\s)?complaint",
            r"answer",
            r"summons(?:es)?",
            r"waiver",
            r"return\sof\sservice",
            r"mail\b",
            r"case\s(?:assigned|reassigned|referred)",
            r"close[ds]?",
            r"transmission",
            r"stipulation",
            r"proposed",
            r"verdict\ssheet",
            r"civil\scover\ssheet",
            r"request\sfor\sissuance",
            r"pro\shac\svice\sfee",
            r"corporate\sdisclosure",
            r"petition",
            r"statement",
            r"report",
        ),
    ),
    (T.MOTION, _words(r"application\s(?:for|to)", r"request\s(?:for|to)")),
)
# The short names under which courts' feeds list a motion; the order on it is `Order on Motion …`.
_MOTION_EVENT = re.compile(
    r"(?:extension of time|leave to|appear pro hac vice|dismiss|compel|strike|stay|seal|intervene|expedite|consolidate|transfer case"
    r"|in limine|preclude|adjourn conference|reconsideration|discovery|preliminary injunction|temporary restraining order"
    r"|miscellaneous relief|default judgment|summary judgment"
    r"|withdraw|certify class|quash|vacate|continue|remand|clarify|enforce|sanctions)(?:\s[\w/ ()-]{0,60})?",
    re.IGNORECASE,
)
_HEARING_EVENT = re.compile(r"(?!notice|adjourn|set|reset)(?:[a-z/]+ ){0,3}(?:hearing|conference|argument)s?", re.IGNORECASE)
_CLOSED = re.compile(r"\s*\*{2,}\s*(?:ex[\s-]parte|selected\sparties)\s*\*{2,}", re.IGNORECASE)  #: not for everybody to read
_PIECE = re.compile(r"\s*\[([^\[\]]{1,200})\]")
_PIECES = re.compile(rf"(?:{_PIECE.pattern})+\s*")  #: names alone, as PACER's feeds list them: `[~Util - Set Deadlines] [Memo Endorsement]`
_RULINGS = (T.OPINION, T.JUDGMENT, T.ORDER)
_SIGNED = _words(
    r"so\sordered",
    r"it\sis\s(?:hereby\s|further\s)?ordered",
    r"signed\sby\s(?:the\s)?(?:honorable|(?:[a-z.]+\s){0,3}judge)",
    r"ordered\sthat",
)


def entry_type(text: str, *, court: str = "") -> DocumentType:
    """Say what kind of paper a docket entry is, from its description.

    Args:
        text: as the clerk wrote it, or only the short name that a court's feed gives (`Order on Motion to Stay`).
        court: CourtListener's id; `scotus` has forms of its own. "" tries both.
    """
    if _PIECES.fullmatch(text[:READ]) and "proposed" not in text.casefold():
        kinds = [_kind_of(piece, court) for piece in _PIECE.findall(text[:READ])]
        known = [kind for kind in kinds if kind is not T.OTHER]
        return next((ruling for ruling in _RULINGS if ruling in known), known[0] if known else T.OTHER)
    kind = _kind_of(text, court)
    return T.SEALED if is_closed(text) and kind not in _RULINGS else kind


def is_closed(text: str) -> bool:
    """Whether a party filed a paper for some eyes only (`***EX-PARTE***`): it was never open, so nothing was sealed."""
    return _CLOSED.match(text) is not None


# Words of a clerk's full text.
_CLERK = re.compile(r"\((?:Entered|Filed(?: on)?)\b|\bsigned by\b|\bfiled by\b|\d/\d{1,2}/\d|\.\s", re.IGNORECASE)


def is_bare(text: str) -> bool:
    """Whether an entry has no words yet, or only the sort of its paper, as a court's own feed gives it."""
    return len(text) < BARE and not _CLERK.search(text)


def _kind_of(text: str, court: str) -> DocumentType:
    head = head_of(text)
    if not head:
        return T.OTHER
    if court in ("", "scotus") and (kind := _supreme(head, known=court == "scotus")):
        return kind
    if _HEARING_EVENT.fullmatch(head.rstrip(" .")):
        return T.MINUTE  # the clerk's line on one that was held; one that is set says when
    if _MOTION_EVENT.fullmatch(head.rstrip(" .")):
        return T.MOTION
    found = [(match.start(), rank, kind) for rank, (kind, pattern) in enumerate(_KINDS) if (match := pattern.search(head, 0, HEAD))]
    kind = min(found)[2] if found else T.OTHER
    if kind is T.OTHER and _SIGNED.search(head):
        return T.ORDER
    return kind


def head_of(text: str) -> str:
    """The description without its decoration and its list of attachments."""
    head = " ".join(text[:READ].split())
    tail = _TAIL.search(head)
    head = head[: tail.start()] if tail else head
    while (decoration := _DECORATION.match(head)) and decoration.end():
        head = head[decoration.end() :]
    return head


def _supreme(head: str, *, known: bool) -> DocumentType | None:
    """The kind by the Supreme Court's forms; where the court is not known, only by those that no other court uses."""
    if not known and not _ONLY_SUPREME.match(head):
        return None
    return next((kind for kind, pattern in _SUPREME if pattern.match(head)), None)


_CLAUSE_END = re.compile(
    r"\s*(?:[.;](?=\s|$)|\bsigned by\b|\bdocument filed by\b|\bfiled by\b|\baddressed to\b|\(attachments?\b|\(entered\b"
    r"|\bas to\b(?=.{60})|\s-\sfiled\b)",
    re.IGNORECASE,
)
# What follows a bare `ORDER` belongs to the headline, unless it only says who signed.
_NO_MORE = re.compile(r"[\s.;]*(?:signed|\(|filed|document\sfiled|$)", re.IGNORECASE)
_ABBREVIATION = re.compile(
    r"(?:\b(?:v|vs|no|nos|inc|co|corp|ltd|llc|dr|mr|mrs|ms|hon|st|jr|sr|et al|dkt|decl|ex|pldg|u\.s|d\.c)|\b[A-Za-z])$", re.IGNORECASE
)


def short(text: str) -> str:
    """The first clause of an entry as a headline has it: `ORDER granting 12 Motion for Temporary Restraining Order`.

    At most 120 characters, cut between words and then ending in `…`; "" for an entry without words.
    """
    clause = head_of(text)
    for end in _CLAUSE_END.finditer(clause):
        bare = end.start() < 20 and clause.count(" ", 0, end.start()) < 2 and not _NO_MORE.match(clause, end.start())
        if end.start() and not bare and not (end[0].lstrip().startswith(".") and _ABBREVIATION.search(clause, 0, end.start())):
            clause = clause[: end.start()]
            break
    clause = clause.strip(" .;:,-")
    if len(clause) <= SHORT:
        return clause
    cut = clause[: SHORT - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" .;:,-") + "…"
