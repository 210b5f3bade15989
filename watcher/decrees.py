"""What a court's paper does, by the words that say it is done: which act, on which motion, of which relief. Pure.

Only what happens here and now counts: a motion's name (`Motion to Stay`), what somebody asks for, what may be done later, what was done
before or by a court below do not; nor how the case is run (`shall file`, `shall appear`, a hearing vacated, an attorney terminated).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz.fuzz import ratio

from watcher import courts
from watcher.folding import TOKEN, clean, fold

READ = 4_000  #: characters of a paper that are looked at
NEAR = 8  #: words between an act and the relief that it is about
LIKE = 80  #: of 100, from which two words are one that was spelt twice


def word_set(line: str) -> frozenset[str]:
    """A set of words, as one writes them."""
    return frozenset(line.split())


# Whole words, as clerks and judges write what is done.
_SAID = {
    "grant": "granting granted grants allowing allowed allows approving approved approves sustaining sustained sustains",
    "deny": "denying denied denies refusing refused refuses rejecting rejected rejects overruling overruled overrules declining declines",
    "stop": "enjoining enjoined enjoins restraining restrained restrains staying stayed prohibiting prohibited prohibits barring barred",
    "lift": "dissolving dissolved dissolves lifting lifted lifts vacating vacated vacates terminating terminated terminates",
    "affirm": "affirming affirmed affirms upholding upheld upholds",
    "reverse": "reversing reversed reverses",
    "remand": "remanding remanded remands",
    "dismiss": "dismissing dismissed dismisses",
    "certify": "certifying certifies",
    "decertify": "decertifying decertified decertifies",
    "quash": "quashing quashed quashes",
    "seal": "sealing",
    "unseal": "unsealing unsealed unseals",
    "revive": "reinstating reinstated reinstates",
    "find": "contempt sanctioned sanctioning",
    "wait": "deferring deferred reserving reserved abeyance advisement",
    "issue": "continuing continued continues extending extended extends issuing issued issues entering entered"
    " enters",  # a stop, where a relief stands beside it
}
_ACTS = {word: act for act, words in _SAID.items() for word in words.split()}
#: behind `I` and `we`, and `the court will`
_OURS = {
    "grant": "grant", "allow": "grant", "deny": "deny", "reject": "deny", "enjoin": "stop", "stay": "stop", "dissolve": "lift",
    "lift": "lift", "vacate": "lift", "affirm": "affirm", "reverse": "reverse", "remand": "remand", "dismiss": "dismiss",
}  # fmt: skip
_COURTS = {"stays": "stop", "sanctions": "find"}  #: behind `the court`; elsewhere they are nouns
_WISHED = word_set("to whether if may could would should")
_SPEAKING = word_set(
    "ask asks asked asking seek seeks urge urges argue argues argued contend contends request requests state states stated agree"
    " agrees agreed inquire inquires inquired represent represents represented claims assert asserts asserted"
)
_SPEECH = 12  #: words behind somebody's word that are what is said
_BE = word_set("is are be was were been being hereby")
_NOT = word_set("not never")
_FOUND = word_set("finds found finding held holds holding adjudged adjudges are is were was")
_DECLINED = word_set("declines declined declining refuses refused refusing")
_OPEN = word_set("why whether should cause")  #: `to show cause why they should not be held in contempt`
_WITHIN = 10  #: words before `contempt` in which it is found

# What is told of the past, or of another court
_BEFORE = word_set("had previously earlier formerly")
_BELOW = (("district", "court"), ("lower", "court"), ("trial", "court"), ("court", "below"), ("immigration", "judge"))
_PAPER = word_set("order orders opinion decision ruling judgment injunction")
_THAT = word_set("the that its an a his her their prior previous earlier for any such")
_ENTERS = word_set("this enters issues")

# What is no ruling
_CALENDAR = word_set("hearing hearings conference conferences deadline deadlines date dates trial schedule scheduling argument arguments")
_TIME = _CALENDAR | word_set("time briefing page pages motion motions")
_MOVED = word_set("motion motions application applications petition petitions request requests")
_STAFF = word_set(
    "witness witnesses reporter reporters interpreter testimony exhibit exhibits attorney attorneys counsel transcript transcripts"
    " objection objections question questions audio video recess argument arguments"
)
_ASKED = word_set("motion motions application applications petition petitions request requests objection objections stipulation")
_HEARD = word_set("hearing hearings conference")
_RELIEF = word_set(
    "motion motions injunction injunctions injunctive restraining stay stays petition petitions application applications relief contempt"
    " sanctions habeas writ custody release released return returned removal removing remove deport deporting deportation transfer"
    " transferring removed detention detained detaining bond bail discovery proceedings"
)
_ENDED = _RELIEF | word_set("case action complaint claims count counts indictment order judgment decree")

# What is ordered
_DIRECTING = word_set(
    "directing directed directs ordering ordered orders requiring required requires compelling compelled compels commanding commanded"
    " instructing instructed instructs"
)
_HAVE_TO = word_set("shall must need may")
_BOUND = word_set(
    "government defendant defendants respondent respondents petitioner petitioners plaintiff plaintiffs department"
    " officials agency ice dhs they"
    " secretary warden he she"
)
_ASKING = word_set("ask asks asking seek seeks seeking urge urges")
_DONE = word_set("release return removal deportation")  #: `the court orders the release of`
_COURT = word_set("court judge justice panel order we")
_RUN_BY = word_set("clerk parties counsel attorney attorneys clerks")
_PROOF = word_set("show demonstrate establish prove satisfy allege")
_LAW = word_set("person persons congress state states statute nor law rule")
_BETWEEN = word_set("not be also forthwith hereby further only each both all then instead thereafter please")
_ON_THE_WAY = word_set("take continue begin make use do undertake")
_RUNNING = word_set(
    "file refile submit respond reply answer serve meet confer appear attend notify inform advise contact call dial join exchange"
    " brief lodge docket mail email upload complete close terminate update enter correct amend redact set schedule include address"
    " state identify hold hear proceed begin commence conclude occur limit exceed contain due have bear construe constitute"
    " consider deem mean apply permit allow be cooperate review read post sign seek raise decide held heard made met sent"
    " participate communicate coordinate treat govern expire"
)
_PAPERS = word_set(
    "report reports brief briefs briefing memorandum response reply letter stipulation update updates copy copies proposal schedule"
    " declaration declarations affidavit chart dates availability record documents place"
)

# What is granted or lifted
_TAGS = {
    "habeas": "habeas", "compel": "compel", "dismiss": "dismiss", "dismissal": "dismiss", "reconsider": "reconsider",
    "reconsideration": "reconsider", "summary": "summary judgment", "transfer": "transfer", "intervene": "intervene", "seal": "seal",
    "unseal": "unseal", "extension": "time", "extend": "time", "remand": "remand", "certification": "certify", "certify": "certify",
    "bond": "bond", "bail": "bond", "release": "release", "return": "return", "contempt": "contempt", "discovery": "discovery",
    "vacate": "vacate", "strike": "strike", "quash": "quash", "default": "default", "amend": "amend", "withdraw": "withdraw",
    "certiorari": "certiorari", "rehearing": "rehearing",
}  # fmt: skip
_LIFT = word_set("lift dissolve")  #: of a motion to lift a stay, which is none to stay
_DONE_TO_PEOPLE = word_set("direct stop")  #: on no motion
_ENJOINED = frozenset({"tro", "injunction"})

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_SPELT = (
    (re.compile(r"https?://\S+|\b(?:no\.\s)?(?:\d{1,2}:)?\d\d-[a-z]{1,3}-\d+\S*|\bMDL no\. \d+", re.IGNORECASE), " "),
    (re.compile(rf"\b\d{{1,2}}/\d{{1,2}}/\d{{2,4}}\b|\b{_MONTH}\s\d{{1,2}}\b,?(?:\s\d{{4}}\b)?|\b(?:19|20)\d\d\b", re.IGNORECASE), " "),
    (
        re.compile(
            r"\brules?\s\d+\S*|\b\d+\sU\.?S\.?C\S*(?:\s§+)?\s?\d+\S*|§+\s?\d+\S*|\bsection\s\d+\S*|\b22(?:41|5[45])\b", re.IGNORECASE
        ),
        " ",
    ),
    (re.compile(r"\bT\.?R\.?O\b\.?(?:s\b)?"), "temporary restraining order"),
    (re.compile(r"\bPI\b"), "preliminary injunction"),
)
_SENTENCE = re.compile(
    r"(?<!\bno)(?<!\bnos)(?<!\bdkt)(?<!\bdkts)(?<!\bdoc)(?<!\becf)(?<!\bhon)(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\b[a-z])"
    r"(?:[.;!?](?=[\s\])]|$)|\.(?=(?-i:[A-Z][a-z])))",
    re.IGNORECASE,
)
_ON = re.compile(r"\d{1,6}")
_SKIPPED = word_set("re in part as moot dkt ecf doc di no nos the and without with prejudice through")
_UNITS = word_set("day days hour hours week weeks month months page pages minutes words")
_CITED = word_set("dkt ecf doc di no nos motion motions re")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that a court does."""

    what: str  #: a key of `_SAID`, or `direct`; `not grant` where it says that it is not done
    on: frozenset[str] = frozenset()  #: numbers of the entries that it is done on, as far as they stand beside it
    of: frozenset[str] = frozenset()  #: the relief that it is about: `tro`, `injunction preliminary`, `stay`
    to: frozenset[str] = frozenset()  #: what is to be done, or from now on not: `return`
    part: bool = False  #: only in part
    ruling: bool = False  #: whether a relief stands near: else it may be how a hearing went


def acts_in(text: str) -> tuple[Act, ...]:
    """What these words of a court say is done, in their order, each once."""
    return tuple(dict.fromkeys(act for words, tokens in _sentences(text) for act in _acts(words, tokens)))


def _sentences(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The words of each sentence, and the same with what shows whose they are (`judge's`)."""
    head = courts.head_of(text[:READ])
    for pattern, instead in _SPELT:
        head = pattern.sub(instead, head)
    for sentence in _SENTENCE.split(head):
        if tokens := TOKEN.findall(fold(sentence).text):
            yield [clean(token) for token in tokens], tokens


def words_in(text: str) -> list[str]:
    """Its words, as acts are read from them: without links, days and numbers of cases, and `TRO` spelt out."""
    return [word for words, _ in _sentences(text) for word in words]


def like(one: str, other: str) -> bool:
    """Whether two words are one: another form of it, cut off, or misspelt."""
    if one[:1] == other[:1]:
        return one.startswith(other) or other.startswith(one) or one[:5] == other[:5] or ratio(one, other) >= LIKE
    return sorted(one) == sorted(other)


# ---- the acts of a sentence


def _acts(words: list[str], tokens: list[str]) -> list[Act]:
    places = [(at, act) for at in range(len(words)) if (act := _act(words, tokens, at)) is not None]
    found: list[Act] = []
    for index, (at, act) in enumerate(places):
        first = places[index - 1][0] + 1 if index else 0
        last = places[index + 1][0] if index + 1 < len(places) else len(words)
        found.append(_beside(words, at, act, first, last))
    for index, ((one, _), (other, _)) in enumerate(pairwise(places)):
        if other - one <= 5:  # `granting in part and denying in part 12 Motion`
            found[index], found[index + 1] = _shared(found[index], found[index + 1])
    return found


def _act(words: list[str], tokens: list[str], at: int) -> Act | None:
    """The act that a word says, with what is to be done; the rest stands around it."""
    word = words[at]
    if word in _HAVE_TO or word in _DIRECTING or _is_to_be(words, at):
        return _directed(words, tokens, at)
    what = _ACTS.get(word) or _of_court(words, at)
    if what is None or _is_wished(words, at) or _is_said(words, at) or _is_past(words, tokens, at) or not _counts(words, at, what):
        return None
    before = words[max(0, at - _WITHIN) : at]
    denied = not (_NOT | _DECLINED | {"no"}).isdisjoint(before) if word == "contempt" else _negated(words, at)
    if what == "issue":
        what = "stop"
    to = _kept_from(words, at) if what == "stop" else frozenset()
    return Act(what=f"not {what}" if denied else what, to=to)


def _is_to_be(words: list[str], at: int) -> bool:
    before = [word for word in words[max(0, at - 2) : at] if word != "not"]
    return words[at : at + 2] == ["to", "be"] and before[-1:] in (["is"], ["are"])


def _of_court(words: list[str], at: int) -> str | None:
    """The act of a word that is one only where a court is its subject: `I grant`, `we hereby affirm`, `the court stays`."""
    before = [word for word in words[max(0, at - 3) : at] if word not in ("hereby", "therefore", "will", "also")]
    if not before:
        return None
    if word := _COURTS.get(words[at]):
        return word if before[-1] in ("court", "judge") else None
    will = "will" in words[max(0, at - 2) : at]
    return _OURS.get(words[at]) if before[-1] in (("i", "we", "court", "judge") if will else ("i", "we")) else None


def _is_wished(words: list[str], at: int) -> bool:
    """Whether the word is what may be done: `to be granted`, `if denied`, `to issue`."""
    before = words[max(0, at - 2) : at]
    last = before[-1:]
    return not _WISHED.isdisjoint(last) or (last == ["be"] and before[0] in _WISHED)


def _is_said(words: list[str], at: int) -> bool:
    """Whether somebody speaks of it: `plaintiffs ask that it be extended`, `whether it was denied`."""
    before = words[max(0, at - _SPEECH) : at]
    spoken = any(word in _SPEAKING and then in ("that", "whether", "if") for word, then in pairwise(before))
    return spoken and (before[-1] in ("be", "was", "were", "been") or _ACTS.get(words[at]) == "issue")


def _negated(words: list[str], at: int) -> bool:
    for index in range(max(0, at - 3), at):
        if words[index] in _NOT:
            return True
        if words[index] == "no" and not _ON.fullmatch(words[index + 1]) and words[index + 1] not in ("later", "less"):
            return True
    return False


def _is_past(words: list[str], tokens: list[str], at: int) -> bool:
    """Whether it was done before, or by a court below: `had granted`, `the district court denied`, `the order granting`."""
    word = words[at]
    if not _BEFORE.isdisjoint(words[max(0, at - 2) : at]):
        return True
    if word.endswith("ed"):
        return _by_court_below(words, at)
    if not word.endswith("ing"):
        return False
    for order in range(at - 1, max(-1, at - 6), -1):
        if words[order] == "and":
            return False
        if words[order] in _PAPER:
            before = slice(max(0, order - 4), order)
            if not _ENTERS.isdisjoint(words[before]):
                return False
            return not _THAT.isdisjoint(words[before]) or any(token.endswith("'s") for token in tokens[before])
    return False


def _by_court_below(words: list[str], at: int) -> bool:
    after = words[at + 1 : at + 6]
    if after[:1] == ["by"] and any(pair in _BELOW for pair in pairwise(after)):
        return True
    if _ACTS.get(words[at]) in ("affirm", "reverse", "remand"):
        return False
    for index in range(max(0, at - 5), at - 1):
        if (words[index], words[index + 1]) in _BELOW:
            return words[max(0, index - 2) : index].count("of") == 0 and _BE.isdisjoint(words[index + 2 : at])
    return False


def _counts(words: list[str], at: int, what: str) -> bool:
    """Whether a word that may be an act is one here."""
    word, after = words[at], words[at + 1 : at + 1 + NEAR]
    beside = words[max(0, at - NEAR) : at] if word.endswith("ed") else after
    if what == "find" and word == "contempt":
        return _is_found(words[max(0, at - _WITHIN) : at])
    if what == "stop":
        if word == "restraining" and after[:1] in (["order"], ["orders"]):
            return False
        return not word.startswith(("prohibit", "bar")) or "from" in after[:4]
    if what == "lift":
        if word.startswith("terminat"):
            return _ASKED.isdisjoint(words[max(0, at - 3) : at] + after[:2]) and (_stops(beside) or _stops(after))
        return _CALENDAR.isdisjoint(beside)
    if what == "issue":
        return _issues(words, at)
    if what in ("grant", "deny") and not _STAFF.isdisjoint(after[:3] + (words[max(0, at - 4) : at] if word.endswith("ed") else [])):
        return not _MOVED.isdisjoint(words[max(0, at - NEAR) : at]) or word.startswith(("grant", "den"))
    return True


def _stops(words: Sequence[str]) -> bool:
    """Whether these words name a relief that stops something."""
    return any(relief.startswith(("tro", "injunction", "stay")) for relief in _reliefs(words))


def _is_found(before: list[str]) -> bool:
    """Whether the contempt behind these words is found, and not asked for, nor still to be shown."""
    if ("probable", "cause") in pairwise(before):
        return _OPEN.isdisjoint(word for word in before if word != "cause")
    last = [word for word in before if word not in ("civil", "criminal")][-1:]
    return last in (["in"], ["of"]) and not _FOUND.isdisjoint(before) and _OPEN.isdisjoint(before)


def _issues(words: list[str], at: int) -> bool:
    """Whether a relief that stops something is what is issued or extended here, and not a paper, a term or a hearing."""
    ways = [words[at + 1 : at + 6]]
    if words[at].endswith("ed"):
        ways.insert(0, words[max(0, at - NEAR) : at])
    for way in ways:
        if not _TIME.isdisjoint(way) or any(word in _ACTS and not word.startswith(("restraining", "issu", "extend")) for word in way):
            continue
        if _stops(way):
            return True
    return False


def _kept_from(words: list[str], at: int) -> frozenset[str]:
    """What somebody is enjoined from."""
    after = words[at + 1 : at + 5]
    if "from" not in after:
        return frozenset()
    start = at + 2 + after.index("from")
    return _verbs(words, start)[0]


def _directed(words: list[str], tokens: list[str], at: int) -> Act | None:
    """What somebody is told to do, or not to do; None where it only runs the case."""
    word, before = words[at], words[max(0, at - 5) : at]
    if (word != "to" and _is_wished(words, at)) or _is_past(words, tokens, at):
        return None
    if not _RUN_BY.isdisjoint(before) or not _LAW.isdisjoint(before[-2:]):
        return None
    start = at + 1 if word == "to" or (word in _HAVE_TO and _is_bound(words, at)) else _told_to(words, at)
    if start is None:
        return None
    verbs, denied = _verbs(words, start)
    if not verbs:
        return None
    if word == "may":
        what = "stop" if denied else "not stop"
    elif word == "need" or _negated(words, at):
        what = "stop" if word == "to" else "not direct"
    else:
        what = "stop" if denied or not {"not", "no"}.isdisjoint(words[at + 1 : start]) else "direct"
    return Act(what=what, to=verbs)


def _is_bound(words: list[str], at: int) -> bool:
    """Whether `shall`, `must`, `may` or `need not` is said to somebody, and is no rule of law."""
    if words[at] == "shall":
        return True
    if words[at] == "need" and words[at + 1 : at + 2] != ["not"]:
        return False
    return not _BOUND.isdisjoint(words[max(0, at - 5) : at]) and _PROOF.isdisjoint(words[at + 1 : at + 3])


def _told_to(words: list[str], at: int) -> int | None:
    """Where what is ordered begins, behind a word of ordering."""
    word, before, after = words[at], words[max(0, at - 5) : at], words[at + 1 : at + 10]
    if word in _HAVE_TO or (word.endswith("s") and _COURT.isdisjoint(before)) or (word == "required" and _BE.isdisjoint(before[-3:])):
        return None
    if not _ASKING.isdisjoint(words[max(0, at - NEAR) : at]):
        return None
    if after[:1] == ["that"] and "be" in after and "shall" not in after:
        return at + 2 + after.index("be")
    if "to" in after:
        return at + 2 + after.index("to")
    if word in ("ordered", "directed") and after and after[0].endswith("ed"):
        return at + 1
    return next((at + 1 + index for index, each in enumerate(after[:4]) if each in _DONE and word.endswith("s")), None)


def _verbs(words: list[str], start: int) -> tuple[frozenset[str], bool]:
    """What is to be done, from this word on, and whether `not` stands before it; nothing where it only runs the case."""
    denied = False
    at = start
    while at < len(words) and (words[at] in _BETWEEN or words[at].endswith("ly")):
        denied = denied or words[at] == "not"
        at += 1
    if at >= len(words) or words[at] in _ACTS or words[at] in _DIRECTING:
        return frozenset(), denied
    if words[at] in _ON_THE_WAY:
        way = words[at + 1 : at + 7]
        if "to" in way[:-1]:
            at += 2 + way.index("to")
        elif words[at] == "continue" and way:  # `continue conferring`
            at += 1
    if words[at : at + 2] == ["proceed", "with"] and at + 2 < len(words):
        at += 2
    denied = denied or (words[at + 1 : at + 2] == ["no"] and words[at + 2 : at + 3] not in (["later"], ["less"], ["fewer"], ["more"]))
    verbs = {words[at]}
    behind = [word for word in words[at + 1 : at + 4] if not word.endswith("ly")]
    if behind[:1] in (["and"], ["or"]) and len(behind) > 1:
        verbs.add(behind[1])
    runs = all(_is_running(verb) for verb in verbs) or not _PAPERS.isdisjoint(words[at + 1 : at + 5])
    return frozenset() if runs and words[at] not in _RELIEF else frozenset(verbs), denied


def _is_running(verb: str) -> bool:
    """Whether a verb, in whatever form, is one of how a case is run."""
    forms = (verb, verb[:-1], verb[:-2], verb[:-3], f"{verb[:-3]}e", f"{verb[:-3]}y", verb[:-4])
    return any(form in _RUNNING for form in forms)


# ---- what stands around an act


def _beside(words: list[str], at: int, act: Act, first: int, last: int) -> Act:
    """The act with the numbers, the relief and how much of it, as the words around it say, up to the acts beside it."""
    word, after = words[at], words[at + 1 : last]
    before = words[first:at]
    behind = word.endswith("ed")
    on = frozenset[str]()
    if act.what.removeprefix("not ") not in _DONE_TO_PEOPLE:
        on = _right_behind(after) or (_numbers(before[-25:]) if behind else on) or _numbers(after[:40])
    around = words[max(0, at - NEAR) : at + 1 + NEAR]
    noted = _ENDED if act.what.endswith(("dismiss", "lift", "remand", "affirm", "reverse")) else _RELIEF
    named = [each for each, then in pairwise([*around, ""]) if not (each in _ASKED and then in _HEARD)]
    ruling = act.what.endswith("find") or not noted.isdisjoint(named) or not noted.isdisjoint(act.to)
    of = frozenset[str]()
    if act.what.removeprefix("not ") in ("grant", "deny", "lift"):
        of = (_reliefs(before[-12:]) if behind else frozenset()) or _reliefs(after[:12])
    elif act.what.endswith("stop"):
        of = _stopped(word, words[max(0, at - 5) : at + 6])
    part = words[at + 1 : at + 3] == ["in", "part"] or before[-1:] in (["partially"], ["partly"])
    return replace(act, on=on, of=of, part=part, ruling=ruling)


def _stopped(word: str, around: list[str]) -> frozenset[str]:
    if word in ("staying", "stayed", "stay"):
        return frozenset({"stay administrative" if "administratively" in around else "stay"})
    if _ACTS.get(word) == "issue":
        return frozenset(relief for relief in _reliefs(around) if relief.startswith(("tro", "injunction", "stay")))
    return _ENJOINED


def _shared(one: Act, other: Act) -> tuple[Act, Act]:
    """Two acts in a row, of which each has what only the other says."""
    if not {one.what, other.what}.isdisjoint(_DONE_TO_PEOPLE):
        return one, other
    both = {one.what, other.what} <= {"grant", "deny"}
    on, of = one.on or other.on, one.of or (other.of if both else frozenset[str]())
    other = replace(other, on=other.on or on, of=other.of or of) if both or other.what == "lift" else replace(other, on=other.on or on)
    return replace(one, on=one.on or on, of=one.of or of), other


def _right_behind(words: Sequence[str]) -> frozenset[str]:
    """The numbers that stand right behind an act."""
    found = set()
    for word, then in pairwise([*words, ""]):
        if _ON.fullmatch(word) and then not in _UNITS:
            found.add(word)
        elif word not in _SKIPPED:
            break
    return frozenset(found)


def _numbers(words: Sequence[str]) -> frozenset[str]:
    """The numbers beside a motion."""
    found = set()
    for at, word in enumerate(words):
        behind = words[at + 1 : at + 5]
        beside = not _ASKED.isdisjoint(behind) or not _CITED.isdisjoint(words[max(0, at - 1) : at])
        if beside and _ON.fullmatch(word) and _UNITS.isdisjoint(behind[:1]):
            found.add(word)
    return frozenset(found)


def _reliefs(words: Sequence[str]) -> frozenset[str]:
    """The reliefs that these words name."""
    return frozenset(_tags(words))


def _tags(words: Sequence[str]) -> Iterator[str]:
    for at, word in enumerate(words):
        last, before = words[at - 1] if at else "", words[max(0, at - 4) : at]
        tag = _TAGS.get(word, "")
        if word == "restraining":
            tag = "tro"
        elif word in ("injunction", "injunctions", "injunctive"):
            tag = f"injunction {last}" if last in ("preliminary", "permanent") else "injunction"
        elif word in ("stay", "stays"):
            tag = "stay administrative" if last == "administrative" else "stay"
        if tag:
            yield f"lift {tag}" if not _LIFT.isdisjoint(before) else tag
