"""Who may say what of an alert: the links below each item of a mail, and under which name a vote is kept. Pure.

A link is signed with the Letter's own Message-ID, a chance word that only its reader has seen: it needs no common secret between hosts,
and dies with the Letter. A voter is known by a keyed hash that has the Story in it, so that one reader's votes cannot be put together.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from alerts.models import Letter

_TOKEN = re.compile(r"([0-9]{1,18})-([0-9]{1,18})-(yes|no)-([0-9a-f]{32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a link says: that a Story, told in a Letter, was relevant or not. `sign` has still to be compared."""

    letter: int
    story: int
    relevant: bool
    sign: str

    def fits(self, message_id: str) -> bool:
        """Whether it was made for the Letter of this Message-ID."""
        return bool(message_id) and hmac.compare_digest(self.sign, _sign(message_id, self.letter, self.story, relevant=self.relevant))


def token(letter: Letter, story: int, *, relevant: bool) -> str:
    """The last part of a link's address: `12-17-yes-…`; "" for a Letter that has no Message-ID yet."""
    if not letter.message_id:
        return ""
    return f"{letter.id}-{story}-{_word(relevant)}-{_sign(letter.message_id, letter.id, story, relevant=relevant)}"


def read(text: str) -> Ticket | None:
    """A token as somebody sends it; None where it has not the form of one."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    return Ticket(letter=int(found[1]), story=int(found[2]), relevant=found[3] == "yes", sign=found[4])


def voter(secret: str, story: int, who: str) -> str:
    """The name under which a vote is kept, so that a second one changes the first: a keyed hash of 128 bits.

    Args:
        who: a user of Telegram by number, or an address.
    """
    return hmac.new(secret.encode(), f"voter\n{story}\n{who}".encode(), hashlib.sha256).hexdigest()[:32]


def _sign(message_id: str, letter: int, story: int, *, relevant: bool) -> str:
    said = f"feedback\n{letter}\n{story}\n{_word(relevant)}"
    return hmac.new(message_id.encode(), said.encode(), hashlib.sha256).hexdigest()[:32]


def _word(relevant: bool) -> str:
    return "yes" if relevant else "no"
