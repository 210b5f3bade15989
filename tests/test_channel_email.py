"""Mail as a way out: the bytes on the wire, and what each answer of a real server means for the Letter."""

import logging
import re
import ssl
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtplib import SMTPAuthenticationError, SMTPConnectError, SMTPResponseException, SMTPServerDisconnected
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts import render
from alerts.channels import mime
from alerts.channels.email import EmailChannel, _loopback, judge
from alerts.models import Address, Down, Later, Letter, LetterKind, Message, Never, Outcome, Sent, Unknown
from tests.letters import NOW, Password, Server, bare, item, letter, parsed
from watcher.testing.mail import SILENCE, Authority, ScriptedServer, authority, free_port, scripted

PUBLIC = "https://watch.example"
SENDER = "Habeas Watch <alerts@watch.example>"
ID = "<0123456789abcdef01234567@watch.example>"
MINUTES = timedelta(minutes=1)


@pytest.fixture(scope="module")
def trusted() -> Authority:
    return authority()


def digest(**fields: Any) -> Letter:
    usual = {"kind": LetterKind.DIGEST, "window": "2026-11-24", "message_id": ID, "unsubscribe": "tok123", "attempt": 1}
    return letter(item(1), bare(2), **(usual | fields))


def channel(server: ScriptedServer | Server, **options: Any) -> EmailChannel:
    where = server if isinstance(server, Server) else Server(server.host, server.port, tls=server.implicit)
    usual: dict[str, Any] = {"sender": SENDER, "public_url": PUBLIC, "timeout": 5.0}
    return EmailChannel(where, **(usual | options))


async def sent(given: Letter, server: ScriptedServer, **options: Any) -> EmailMessage:
    """Send it, and read what came off the wire."""
    assert await channel(server, **options).send(given) == Sent(given.message_id)
    return parsed(server.received[-1].raw)


def headers(raw: bytes) -> dict[str, str]:
    """The header lines as they stand on the wire; a folded one keeps its folds."""
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    lines = (line.partition(":") for line in re.split("\r\n(?=[^ \t])", head))
    return {name: value.removeprefix(" ") for name, _, value in lines}


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


# --- the bytes


async def test_a_digest_arrives_as_text_and_html_under_our_headers() -> None:
    async with scripted() as server:
        mail = await sent(digest(), server)
        received = server.received[0]
    raw = headers(received.raw)
    assert {name: raw[name] for name in raw if name not in ("Content-Type",)} == {
        "From": "Habeas Watch <alerts@watch.example>",
        "To": "reader@example.org",
        "Subject": "Digest, 24 Nov 2026: 2 developments",
        "Date": "Tue, 24 Nov 2026 14:05:00 +0000",
        "Message-ID": ID,
        "Auto-Submitted": "auto-generated",
        "Content-Language": "en",
        "Precedence": "bulk",
        "List-Id": "Habeas Watch <alerts.watch.example>",
        "List-Unsubscribe": "<https://watch.example/unsubscribe/tok123>, <mailto:unsubscribe+tok123@watch.example?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
    }
    assert mail.get_content_type() == "multipart/alternative"
    assert [each.get_content_type() for each in mail.iter_parts()] == ["text/plain", "text/html"]
    expected = render.email(digest(), public_url=PUBLIC)
    assert part(mail, "plain").replace("\r\n", "\n") == expected.text
    assert part(mail, "html").replace("\r\n", "\n").rstrip("\n") == expected.html
    assert received.to == "reader@example.org"
    assert received.mail_from == "bounces+0123456789abcdef01234567@watch.example"
    assert set(received.mail_options) >= {"RET=HDRS", "ENVID=0123456789abcdef01234567", f"SIZE={len(received.raw)}"}
    assert set(received.to_options) == {"NOTIFY=FAILURE", "ORCPT=rfc822;reader@example.org"}


async def test_every_attempt_is_the_same_mail_to_the_byte() -> None:
    async with scripted() as server:
        await sent(digest(), server)
        await sent(digest(attempt=2, repeat=True), server)
    assert server.received[0].raw == server.received[1].raw


async def test_a_long_unsubscribe_address_stays_on_one_line_as_it_is() -> None:
    token = "t" * 150
    async with scripted() as server:
        await sent(digest(unsubscribe=token), server)
    unsubscribe = headers(server.received[0].raw)["List-Unsubscribe"]
    assert unsubscribe.startswith(f"<https://watch.example/unsubscribe/{token}>, <mailto:")
    assert "=?" not in unsubscribe


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Orden del juez: devuélvanlo a España ya", "Urgent: Orden del juez: devuélvanlo a España ya"),
        ("محكمة تأمر", "Urgent: محكمة تأمر"),
        ("😀" * 60, "Urgent: " + "😀" * 60),
        ("x\r\nBcc: victim@example.org\r\n\r\nbody", "Urgent: x Bcc: victim@example.org body"),
        ("=?utf-8?q?fake?=", None),
        ("w" * 400, "Urgent: " + "w" * 141 + "…"),
    ],
)
async def test_a_subject_arrives_as_meant_in_lines_that_mail_takes(title: str, subject: str | None) -> None:
    async with scripted() as server:
        mail = await sent(letter(bare(title=title), message_id=ID), server)
    raw = server.received[0].raw
    if subject is not None:
        assert mail["Subject"] == subject
    assert mail["Bcc"] is None
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^?]+\?[bqBQ]\?[^?]*\?=", raw))
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()


async def test_news_of_a_letter_names_the_one_before() -> None:
    before = "<fedcba9876543210@watch.example>"
    async with scripted() as server:
        mail = await sent(letter(item(), kind=LetterKind.UPDATE, message_id=ID, reply_to=before), server)
    assert (mail["In-Reply-To"], mail["References"]) == (before, before)


@pytest.mark.parametrize("reference", ["-100123/45", "<a@b>\r\nBcc: x@example.org", "letter:1", "<a b@c>"])
def test_a_reference_that_is_no_message_id_is_left_out(reference: str) -> None:
    raw = mime.written(digest(reply_to=reference), Message(text="x"), sender=mime.Sender.parse(SENDER), to="reader@example.org")
    assert not {"References", "In-Reply-To", "Bcc"} & headers(raw).keys()


@pytest.mark.parametrize("kind", [LetterKind.CONFIRMATION, LetterKind.NOTICE])
async def test_what_nobody_subscribed_to_is_no_list_mail(kind: LetterKind) -> None:
    async with scripted() as server:
        mail = await sent(letter(kind=kind, subject="Please confirm", text="x", message_id=ID, unsubscribe="tok"), server)
    assert {name for name in mail if name.startswith(("List-", "Precedence"))} == set()
    assert mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("public_url", "token", "expected"),
    [
        ("", "tok", {"List-Unsubscribe": "<mailto:unsubscribe+tok@watch.example?subject=unsubscribe>"}),
        (
            "http://localhost:8000/",
            "tok",
            {
                "List-Unsubscribe": "<http://localhost:8000/unsubscribe/tok>, <mailto:unsubscribe+tok@watch.example?subject=unsubscribe>",
            },
        ),
        (PUBLIC, "", {}),
        (PUBLIC, "tok>\r\nX: y", {}),
    ],
)
def test_one_click_is_offered_over_https_only(public_url: str, token: str, expected: Mapping[str, str]) -> None:
    raw = mime.written(
        digest(unsubscribe=token), Message(text="x"), sender=mime.Sender.parse(SENDER), to="reader@example.org", public_url=public_url
    )
    assert {name: value for name, value in headers(raw).items() if name.startswith("List-Unsubscribe")} == expected


async def test_a_letter_whose_text_was_refused_goes_as_plain_text() -> None:
    async with scripted() as server:
        mail = await sent(digest(plain=True), server)
    assert mail.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    ("given", "name", "address"),
    [
        ("alerts@watch.example", "Habeas Watch", "alerts@watch.example"),
        ("Watch, Inc <a@b.example>", None, None),
        ('"Vigía, el" <a@b.example>', "Vigía, el", "a@b.example"),
        ("x\r\nBcc: y@z <a@b.example>", None, None),
    ],
)
def test_the_sender_is_shown_with_its_name(given: str, name: str | None, address: str | None) -> None:
    sender = mime.Sender.parse(given)
    if name is not None:
        assert sender == mime.Sender(name, address or "")
        mail = parsed(mime.written(digest(), Message(text="x"), sender=sender, to="reader@example.org"))
        assert mail["From"].addresses[0].display_name == name
    assert "\n" not in sender.name + sender.address


@settings(suppress_health_check=list(HealthCheck))
@given(subject=st.text(max_size=200), text=st.text(max_size=500), token=st.text(max_size=30), reply=st.text(max_size=40))
def test_whatever_is_said_the_mail_is_well_formed(subject: str, text: str, token: str, reply: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    raw = mime.written(
        digest(unsubscribe=token, reply_to=reply),
        Message(text=text, html=f"<p>{text}</p>", subject=subject),
        sender=mime.Sender.parse(SENDER),
        to="reader@example.org",
        public_url=PUBLIC,
    )
    mail = parsed(raw)
    assert mail["To"] == "reader@example.org"
    assert mail["Message-ID"] == ID
    assert raw.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert [each.get_content_type() for each in mail.iter_parts()] == ["text/plain", "text/html"]


# --- entering


async def test_starttls_is_taken_when_offered_and_only_then_the_password_is_sent(trusted: Authority) -> None:
    async with scripted(tls=trusted.server, login=("relay", "s3cret")) as server:
        where = Server("localhost", server.port, user="relay", password=Password("s3cret"))
        assert await channel(where, tls=trusted.client).send(digest()) == Sent(ID)
    assert (server.received[0].tls, server.received[0].user) == (True, "relay")
    assert [said for said in server.said if said in ("STARTTLS", "AUTH")] == ["STARTTLS", "AUTH"]


async def test_smtps_speaks_tls_from_the_first_byte(trusted: Authority) -> None:
    async with scripted(tls=trusted.server, implicit=True, login=("relay", "s3cret")) as server:
        where = Server("localhost", server.port, tls=True, user="relay", password=Password("s3cret"))
        assert await channel(where, tls=trusted.client).send(digest()) == Sent(ID)
    assert (server.received[0].tls, server.received[0].user) == (True, "relay")
    assert "STARTTLS" not in server.said


async def test_on_loopback_a_password_may_go_without_tls() -> None:
    async with scripted(login=("relay", "s3cret"), clear_login=True) as server:
        where = Server(server.host, server.port, user="relay", password=Password("s3cret"))
        assert await channel(where).send(digest()) == Sent(ID)
    assert server.received[0].user == "relay"


async def test_elsewhere_a_password_is_never_sent_without_tls() -> None:
    async with scripted(login=("relay", "s3cret"), clear_login=True) as server:
        where = Server(
            "127.1",
            server.port,  # loopback to the machine, but nothing that we would take for it
            user="relay",
            password=Password("s3cret"),
        )
        outcome = await channel(where).send(digest())
    assert outcome == Down("the mail server offers no TLS: the password was not sent")
    assert "AUTH" not in server.said


@pytest.mark.parametrize(
    ("host", "ours"), [("127.0.0.1", True), ("::1", True), ("LOCALHOST", True), ("10.0.0.1", False), ("mail.example", False)]
)
def test_loopback_is_told_by_address_or_name(host: str, ours: bool) -> None:
    assert _loopback(host) is ours


@pytest.mark.parametrize("implicit", [False, True])
async def test_a_certificate_that_does_not_verify_stops_the_channel(trusted: Authority, implicit: bool) -> None:
    async with scripted(tls=trusted.server, implicit=implicit) as server:
        where = Server("localhost", server.port, tls=implicit)
        outcome = await channel(where, tls=ssl.create_default_context()).send(digest())
    assert isinstance(outcome, Down)
    assert outcome.reason.startswith("the certificate of the mail server is not valid: ")
    assert server.received == []


async def test_a_certificate_of_another_name_stops_the_channel() -> None:
    other = authority("elsewhere.example")
    async with scripted(tls=other.server) as server:
        outcome = await channel(Server("localhost", server.port), tls=other.client).send(digest())
    assert isinstance(outcome, Down)


async def test_a_server_without_dsn_gets_no_such_words() -> None:
    async with scripted(dsn=False) as server:
        await sent(digest(), server)
    assert not [each for each in (*server.received[0].mail_options, *server.received[0].to_options) if each.startswith(("ENVID", "ORCPT"))]
    assert server.received[0].mail_from.startswith("bounces+")


async def test_a_server_that_insists_on_its_own_sender_gets_it() -> None:
    async with scripted(script={"MAIL": ["553 5.7.1 Sender address rejected: not owned by user"]}) as server:
        await sent(digest(), server)
    assert server.received[0].mail_from == "alerts@watch.example"


# --- mailboxes


async def test_a_domain_with_letters_outside_ascii_is_written_as_idna() -> None:
    async with scripted() as server:
        await sent(digest(address=Address("mailto", "ana@españa.example")), server)
    assert server.received[0].to == "ana@xn--espaa-rta.example"


async def test_a_name_with_letters_outside_ascii_needs_a_server_that_takes_it() -> None:
    to_ana = digest(address=Address("mailto", "añá@example.org"))
    async with scripted() as server:
        assert await channel(server).send(to_ana) == Sent(ID)
    assert server.received[0].to == "añá@example.org"
    assert "To: añá@example.org\r\n".encode() in server.received[0].raw
    async with scripted(smtputf8=False) as server:
        assert await channel(server).send(to_ana) == Never("the mail server takes no mailbox name with letters outside ASCII")


@pytest.mark.parametrize("domain", ["x" * 80 + ".example", "a..b"])
async def test_what_is_no_domain_is_never_tried(domain: str) -> None:
    assert await channel(Server("127.0.0.1", 1)).send(digest(address=Address("mailto", f"ana@{domain}"))) == Never("no mail domain")


async def test_plus_signs_survive_in_the_original_recipient() -> None:
    async with scripted() as server:
        await sent(digest(address=Address("mailto", "ana+news=x@example.org")), server)
    assert "ORCPT=rfc822;ana+2Bnews+3Dx@example.org" in server.received[0].to_options


# --- answers; what each means is in `test_outcomes`


async def test_one_recipient_a_mail_so_no_mailbox_is_told_again_for_another_that_was_refused() -> None:
    async with scripted(script={"RCPT": ["550 5.1.1 no such user"]}) as server:
        way = channel(server)
        outcomes = [await way.send(digest(address=Address("mailto", f"{name}@example.org"))) for name in ("ann", "ben")]
    assert [type(each) for each in outcomes] == [Never, Sent]
    assert [mail.to for mail in server.received] == ["ben@example.org"]
    assert [server.said.count(command) for command in ("MAIL", "RCPT", "DATA")] == [2, 2, 1]


@pytest.mark.parametrize("text", ["a\n.\n..b", ".", "a\r\n.\r\nQUIT"])
async def test_a_dot_that_begins_a_line_ends_no_mail(text: str) -> None:
    confirmation = letter(kind=LetterKind.CONFIRMATION, text=text, subject="x", message_id=ID)
    async with scripted() as server:
        mail = await sent(confirmation, server)
    meant = render.email(confirmation, public_url=PUBLIC).text
    assert part(mail, "plain").replace("\r\n", "\n") == meant
    assert [each for each in server.said if each == "QUIT"] == ["QUIT"]


async def test_a_mail_that_is_taken_ends_what_was_held_against_us() -> None:
    denied = "554 5.7.1 Relay access denied"
    async with scripted(script={"RCPT": [denied, denied]}) as server:
        way = channel(server)
        outcomes = [await way.send(digest()) for _ in range(3)]
        server.script["RCPT"] = denied
        outcomes.append(await way.send(digest()))
    assert [type(each) for each in outcomes] == [Later, Later, Sent, Later]


async def test_a_server_that_holds_its_refusal_back_gets_its_own_sender() -> None:
    async with scripted(script={"RCPT": ["553 5.7.1 Sender address rejected: not owned by user"]}) as server:
        await sent(digest(), server)
    assert server.received[0].mail_from == "alerts@watch.example"


async def test_a_server_that_is_not_there_is_waited_for() -> None:
    outcome = await channel(Server("127.0.0.1", free_port())).send(digest())
    assert isinstance(outcome, Later)
    assert (outcome.scope, outcome.wait) == ("channel", timedelta(seconds=30))


async def test_a_refused_login_stops_the_channel(trusted: Authority) -> None:
    async with scripted(tls=trusted.server, login=("relay", "right")) as server:
        where = Server("localhost", server.port, user="relay", password=Password("wrong"))
        outcome = await channel(where, tls=trusted.client).send(digest())
    assert isinstance(outcome, Down)
    assert outcome.reason.startswith("login: 535")
    assert server.received == []


async def test_a_server_that_knows_no_login_stops_the_channel(trusted: Authority) -> None:
    async with scripted(tls=trusted.server) as server:
        where = Server("localhost", server.port, user="relay", password=Password("x"))
        outcome = await channel(where, tls=trusted.client).send(digest())
    assert isinstance(outcome, Down)


@pytest.mark.parametrize(
    ("step", "answer", "waits"),
    [
        ("recipient", 451, [15, 30, 60, 120, 240, 240]),
        ("sender", 421, [0.5, 1, 2, 4, 8, 15]),
    ],
)
def test_each_attempt_doubles_the_wait_up_to_its_longest(step: Any, answer: int, waits: list[float]) -> None:
    told = [judge(step, SMTPResponseException(answer, "later"), attempt) for attempt in range(1, 7)]
    assert [each.wait for each in told if isinstance(each, Later)] == [minutes * MINUTES for minutes in waits]
    zero = judge(step, SMTPResponseException(answer, "later"), 0)
    assert isinstance(zero, Later)
    assert zero.wait == waits[0] * MINUTES


@pytest.mark.parametrize(
    ("step", "error", "kind"),
    [
        ("connect", SMTPConnectError("Error connecting to mail.example"), Later),
        ("login", SMTPAuthenticationError(454, "4.7.0 try later"), Later),
        ("login", SMTPAuthenticationError(535, "5.7.8 bad"), Down),
        ("tls", ssl.SSLError("handshake"), Later),
        ("tls", SMTPResponseException(454, "TLS not available"), Later),
        ("tls", SMTPResponseException(502, "not implemented"), Down),
        ("data", SMTPServerDisconnected("lost"), Later),
        ("end", SMTPServerDisconnected("lost"), Unknown),
        ("end", SMTPResponseException(-1, "broken"), Unknown),
    ],
)
def test_failures_that_no_script_can_make(step: Any, error: Exception, kind: type[Outcome]) -> None:
    assert isinstance(judge(step, error, 1), kind)


async def test_no_reader_and_no_password_is_ever_named(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="alerts")
    script = {"RCPT": "550 5.1.1 <reader@example.org>: Recipient address rejected: reader@example.org unknown"}
    async with scripted(script=script, login=("relay", "s3cret"), clear_login=True) as server:
        way = channel(Server(server.host, server.port, user="relay", password=Password("s3cret")))
        outcome = await way.send(digest())
        await way.close()
    told = f"{outcome!r} {way!r} {caplog.text}"
    assert "5.1.1" in told
    for secret in ("reader", "s3cret", "tok123", "example.org"):
        assert secret not in told


def test_a_letter_without_an_id_gets_one_that_stays() -> None:
    sender = mime.Sender.parse(SENDER)
    unnamed = replace(digest(), id=7, message_id="")
    assert mime.message_id(unnamed, sender) == "<letter-7@watch.example>"
    assert mime.return_path(unnamed, sender) == "bounces+letter-7@watch.example"
    assert mime.return_path(replace(unnamed, message_id=f"<{'x' * 80}@watch.example>"), sender) == "bounces+letter-7@watch.example"
    assert unnamed.created_at == NOW


async def test_a_server_that_is_slow_at_every_step_is_left_before_it_has_the_mail() -> None:
    async with scripted(script={"RCPT": SILENCE}) as server:
        way = channel(server, timeout=0.2)
        assert way.patience >= 3 * 30 + 2 * 4 * 30  # the deadline of a send outlives all that the usual timeouts allow
        outcome = await way.send(digest())
    assert isinstance(outcome, Later)
    assert outcome.scope == "channel"
