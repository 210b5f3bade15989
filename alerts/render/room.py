"""How many Stories one message shows, so that none is counted as told that its reader never saw."""

from dataclasses import replace

from alerts.models import Late, Letter
from alerts.render import chat, mail

MOST = 200  #: Items that are tried in one message; what is beyond them goes into the next


def room(letter: Letter, *, public_url: str = "") -> int:
    """How many of a Letter's Items, from the first, one message of its channel shows with its title at least; 1 or more.

    The Letter is measured as it is longest: marked as late and as a possible repeat, its part numbered.
    """
    whole = {"telegram": chat.whole, "mailto": mail.whole}.get(letter.address.channel)
    items = letter.items[:MOST]
    if whole is None or len(items) <= 1:
        return len(items)
    late = Late(letter.created_at, letter.created_at)
    longest = replace(letter, late=late, repeat=True, part=99, parts=99)
    if whole(replace(longest, items=items), public_url):
        return len(items)
    fits, too_many = 1, len(items)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        fits, too_many = (middle, too_many) if whole(replace(longest, items=items[:middle]), public_url) else (fits, middle)
    return fits
