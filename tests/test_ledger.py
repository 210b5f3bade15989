"""What is decided of an attempt to send a Letter has a name, whatever the outcome was."""

from datetime import timedelta

import pytest

from alerts.ledger import Fate, fate
from alerts.models import Address, Down, Later, Never, Outcome, Refused, Sent, Unknown
from alerts.models import Letter as AnyLetter
from alerts.models import Moved as MovedTo
from alerts.retry import PATIENCE, TRIES, settle
from tests.letters import NOW, bare, letter

GAP = timedelta(seconds=1)
WAIT = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("given", "outcome", "decided"),
    [
        (letter(bare()), Sent("<1@x>"), Fate.SENT),
        (letter(bare()), Later(WAIT, "chat", "status 429"), Fate.AGAIN),
        (letter(bare()), Later(WAIT, "domain", "421"), Fate.DOMAIN),
        (letter(bare()), Later(WAIT, "channel", "status 503"), Fate.HELD),
        (letter(bare(), created_at=NOW - PATIENCE, attempt=TRIES), Later(WAIT, "chat", "busy"), Fate.DEAD),
        (letter(bare()), Never("550"), Fate.PARKED),
        (letter(bare()), MovedTo(Address("telegram", "-100")), Fate.MOVED),
        (letter(bare()), Refused("can't parse"), Fate.PLAIN),
        (letter(bare(), plain=True), Refused("can't parse"), Fate.DEAD),
        (letter(bare()), Down("401"), Fate.HELD),
        (letter(bare(), urgent=True), Unknown("no answer"), Fate.REPEAT),
        (letter(bare()), Unknown("no answer"), Fate.DIGEST),
        (letter(repeat=True), Unknown("no answer"), Fate.UNKNOWN),
    ],
)
def test_every_outcome_is_a_decision_with_a_name(given: AnyLetter, outcome: Outcome, decided: Fate) -> None:
    assert fate(settle(given, outcome, NOW, gap=GAP)) is decided
