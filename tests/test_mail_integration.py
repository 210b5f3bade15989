"""A letter through real servers: postfix takes it, dovecot shows it, and what a reader holds is what we meant."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from alerts import render
from alerts.channels.email import EmailChannel
from alerts.models import Address, Down, Later, Letter, LetterKind, Never, Sent
from tests.conftest import missing
from tests.letters import Password, Server, bare, item, letter, parsed
from watcher.testing.mail import PostOffice, not_installed, post_office

PUBLIC = "https://watch.example"
SENDER = "Habeas Watch <alerts@alerts.test>"
TOKEN = "0123456789abcdef01234567"
ID = f"<{TOKEN}@alerts.test>"
UNSUBSCRIBE = "u" * 60  # long enough for the standard library to fold the header, if it were let


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    if reason := not_installed():
        missing(reason)
    with post_office() as running:
        yield running


def channel(office: PostOffice, password: str = "") -> EmailChannel:
    """Ours, entering as an operator's would: STARTTLS, the certificate checked, then the password."""
    where = Server("localhost", office.smtp, user=office.user, password=Password(password or office.password))
    return EmailChannel(where, sender=SENDER, public_url=PUBLIC, tls=office.authority.client)


def digest(to: str = "reader@alerts.test", **fields: Any) -> Letter:
    usual: dict[str, Any] = {"kind": LetterKind.DIGEST, "window": "2026-11-24", "message_id": ID, "unsubscribe": UNSUBSCRIBE, "attempt": 1}
    arabic = bare(2, title="محكمة أمريكية تأمر بإعادة رجل رُحّل إلى السلفادور")
    return letter(item(1), arabic, address=Address("mailto", to), **(usual | fields))


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


async def test_a_digest_is_read_from_the_mailbox_as_it_was_written_and_a_repeat_is_the_same_mail(office: PostOffice) -> None:
    first = digest()
    assert await channel(office).send(first) == Sent(ID)
    assert await channel(office).send(replace(first, attempt=2, repeat=True)) == Sent(ID)
    mails = office.mails("reader", at_least=2)
    assert [parsed(raw)["Message-ID"] for raw in mails] == [ID, ID]

    head = mails[0].partition(b"\r\n\r\n")[0]
    unsubscribe = (
        f"List-Unsubscribe: <{PUBLIC}/unsubscribe/{UNSUBSCRIBE}>, <mailto:unsubscribe+{UNSUBSCRIBE}@alerts.test?subject=unsubscribe>"
    )
    assert unsubscribe.encode() in head.split(b"\r\n")
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head.split(b"\r\n")

    mail, meant = parsed(mails[0]), render.email(first, public_url=PUBLIC)
    assert mail.defects == []
    assert mail["Subject"] == "Digest, 24 Nov 2026: 2 developments"
    assert mail["Return-Path"] == f"<bounces+{TOKEN}@alerts.test>"
    assert "ESMTPSA" in mail["Received"]  # over TLS, logged in
    assert part(mail, "plain") == meant.text
    assert part(mail, "html").rstrip("\n") == meant.html


async def test_a_mailbox_that_turns_out_not_to_exist_comes_back_to_the_letters_own_address(office: PostOffice) -> None:
    assert await channel(office).send(digest("nobody@alerts.test")) == Sent(ID)
    bounce = parsed(office.mails("bounces")[0])
    assert bounce.get_content_type() == "multipart/report"
    assert bounce["Delivered-To"] == f"bounces+{TOKEN}@alerts.test" or bounce["X-Original-To"] == f"bounces+{TOKEN}@alerts.test"
    status = next(each for each in bounce.walk() if each.get_content_type() == "message/delivery-status")
    fields = {name: value for block in status.iter_parts() for name, value in block.items()}
    assert fields["Original-Envelope-Id"] == TOKEN
    assert fields["Action"] == "failed"
    assert fields["Status"] == "5.1.1"
    assert fields["Final-Recipient"] == "rfc822; nobody@alerts.test"
    assert any(each.get_content_type() == "text/rfc822-headers" for each in bounce.walk())  # the mail itself does not travel back


@pytest.mark.parametrize(
    ("to", "kind", "code"),
    [
        ("grey@alerts.test", Later, "451"),
        ("full@alerts.test", Later, "452"),
        ("blocked@alerts.test", Later, "550"),
        ("gone@alerts.test", Never, "550"),
    ],
)
async def test_what_postfix_answers_for_a_mailbox(office: PostOffice, to: str, kind: type[Later | Never], code: str) -> None:
    outcome = await channel(office).send(digest(to))
    assert isinstance(outcome, kind)
    assert f"recipient: {code}" in outcome.reason
    assert to not in outcome.reason
    assert not isinstance(outcome, Later) or outcome.scope == "chat"


async def test_a_return_path_that_postfix_refuses_with_the_mailbox_is_followed_by_the_senders_own_address(office: PostOffice) -> None:
    unlike = f"<{TOKEN[::-1]}@alerts.test>"
    assert await channel(office).send(digest("unsubscribe+owned@alerts.test", message_id=unlike)) == Sent(unlike)
    (mail,) = map(parsed, office.mails("unsubscribe"))
    assert mail["Return-Path"] == "<alerts@alerts.test>"


async def test_a_wrong_password_stops_the_channel(office: PostOffice) -> None:
    outcome = await channel(office, "wrong").send(digest())
    assert isinstance(outcome, Down)
    assert outcome.reason.startswith("login: 535")
