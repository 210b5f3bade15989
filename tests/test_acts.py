"""What of a court a text tells: done, or only wished."""

import pytest

from watcher.acts import court_acts, done_acts
from watcher.folding import words_of


@pytest.mark.parametrize(
    ("text", "acts", "done"),
    [
        ("Judge blocks deportations", {"stop"}, {"stop"}),
        ("Groups sue to block deportations", {"stop"}, set()),
        ("Groups sue to temporarily block deportations", {"stop"}, set()),
        ("Fueron al tribunal para bloquear deportaciones", {"stop"}, set()),
        ("Judge refuses to block deportations", {"deny", "stop"}, {"deny"}),
        ("Supreme Court lets flights go on", {"allow"}, {"allow"}),
        ("Jueza ordena su regreso", {"demand"}, set()),
        ("Court held the officials in contempt", {"decide", "blame"}, {"decide", "blame"}),
        ("Lawyers asked for a stay", {"ask", "stop"}, {"stop"}),
        ("El tribunal prohíbe y deniega", {"stop", "deny"}, {"stop", "deny"}),
        ("Three men flown to Ghana; the barber shop opened", set(), set()),
        ("To", set(), set()),
        ("", set(), set()),
    ],
)
def test_acts_of_a_court_are_told_apart_from_wishes(text: str, acts: set[str], done: set[str]) -> None:
    words = words_of(text)
    assert (set(court_acts(words)), set(done_acts(words))) == (acts, done)
