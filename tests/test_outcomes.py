"""Every row of `watcher.testing.outcomes` from the wire up: what an answer means for the Letter."""

from typing import Any

import pytest

from alerts.models import Address, Later, Letter, LetterKind, Moved, Outcome, Sent
from tests.letters import bare, item, letter
from tests.wires import mail, telegram
from watcher.testing.outcomes import CHAT, MAIL, MAILBOX, TELEGRAM, Answer, Reply, spoken


def meaning(outcome: Outcome) -> Outcome:
    """An Outcome without the words of its reason."""
    if isinstance(outcome, Sent | Moved):
        return outcome
    return Later(outcome.wait, outcome.scope) if isinstance(outcome, Later) else type(outcome)("")


def to_chat(**fields: Any) -> Letter:
    return letter(item(), address=Address("telegram", str(CHAT)), attempt=1, **fields)


@pytest.mark.parametrize("answer", TELEGRAM, ids=lambda row: row.says[:80])
async def test_what_the_bot_api_answers_means_what_the_table_says(answer: Answer) -> None:
    sent = to_chat() if answer.to == "message" else to_chat(kind=LetterKind.UPDATE, edits=f"{CHAT}/5")
    async with telegram(answer) as channel:
        assert meaning(await channel.send(sent)) == answer.means


@pytest.mark.parametrize("reply", MAIL, ids=lambda row: f"{row.at} {spoken(row)[:80]}")
async def test_what_a_mail_server_answers_means_what_the_table_says(reply: Reply) -> None:
    sent = letter(bare(), address=Address("mailto", reply.to), attempt=1)
    async with mail(reply) as channel:
        for _ in range(reply.denied):
            await channel.send(sent)
        outcome = await channel.send(sent)
    assert meaning(outcome) == reply.means
    assert MAILBOX not in repr(outcome)
