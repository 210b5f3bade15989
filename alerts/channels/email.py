"""Letters by mail, over aiosmtplib. One connection a Letter, one recipient a mail. Facts: RFC 5321, 3463 (enhanced codes), 3461 (DSN).

Addresses are readers: none is ever in a reason or a `repr` from here.
"""

import asyncio
import logging
import re
import ssl
from datetime import timedelta
from ipaddress import ip_address
from typing import Literal, Protocol

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPSenderRefused

from alerts.channels import mime
from alerts.models import Down, Later, Letter, Never, Outcome, Refused, Sent, Unknown
from alerts.render import email as render
from alerts.render.plain import clean, clip

CHAT_WAIT = timedelta(minutes=15)  #: after a 4xx for this mailbox; doubles each time, as RFC 5321, 4.5.4.1 wants
LONGEST_CHAT_WAIT = timedelta(hours=4)
CHANNEL_WAIT = timedelta(seconds=30)  #: while the mail server cannot be reached; doubles each time
LONGEST_CHANNEL_WAIT = timedelta(minutes=15)

log = logging.getLogger(__name__)

Step = Literal["connect", "tls", "login", "sender", "recipient", "data"]

_ENHANCED = re.compile(r"[245]\.(\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"\S+@\S+")
_NOT_OURS = re.compile(r"relay", re.IGNORECASE)  # "Relay access denied", "relay not permitted", "Unable to relay": it is not our server


class Hidden(Protocol):
    """A password that does not print."""

    def reveal(self) -> str: ...


class MailServer(Protocol):
    """A mail server and how to enter it."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def tls(self) -> bool:
        """From the first byte (`smtps`); else STARTTLS when the server offers it."""
        ...

    @property
    def user(self) -> str:
        """ "" without a login."""
        ...

    @property
    def password(self) -> Hidden: ...


class EmailChannel:
    """Mail as a Channel. Mail cannot be edited: every Letter is a new one, and a repeat has the same Message-ID."""

    name = "mailto"
    per_second = 10.0
    per_chat = 0.0
    parallel = 8
    patience = 360.0  # 90 s to the recipient, 120 s for leave to send, 120 s for the last answer

    def __init__(
        self,
        server: MailServer,
        *,
        sender: str,
        public_url: str = "",
        tls: ssl.SSLContext | None = None,
        timeout: float = 30.0,
    ) -> None:
        """Opens nothing; each Letter makes its own connection.

        Args:
            server: the relay that takes our mail; SPF, DKIM and delivery are its work.
            sender: `alerts@example.org` or `Name <alerts@example.org>`; Message-IDs and return paths are of its domain.
            public_url: where this service is seen from outside, for links and one-click unsubscribe; "" without.
            tls: how certificates are checked; None: against this machine's authorities, names too.
            timeout: seconds that each answer of the server may take; the last one, after the mail, four times that.
        """
        self._server = server
        self._sender = mime.Sender.parse(sender)
        self._public_url = public_url
        self._tls = tls or ssl.create_default_context()
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    async def send(self, letter: Letter) -> Outcome:
        """Hand over one Letter and say what came of it; see `alerts.ports.Channel`."""
        to = _mailbox(letter.address.to)
        if to is None:
            return Never("no mail domain")
        message = await asyncio.to_thread(render, letter, public_url=self._public_url)
        raw = mime.written(letter, message, sender=self._sender, to=to, public_url=self._public_url)
        exchange = _Exchange(self._server, self._tls, self._timeout, self._sender)
        try:
            await exchange.run(letter, to, raw)
        except (SMTPException, OSError, _StoppedError) as error:
            outcome = judge(exchange.step, error, letter.attempt)
            log.info("letter:%d: %s", letter.id, _said(error), extra={"action": "mail", "outcome": type(outcome).__name__})
            return outcome
        finally:
            await exchange.leave()
        return Sent(mime.message_id(letter, self._sender))

    async def close(self) -> None:
        """Nothing is kept open between Letters."""


class _StoppedError(Exception):
    """We will not go on: a password is not sent in the clear, a mailbox cannot be written to by this server."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason if isinstance(outcome, Down | Never) else "")
        self.outcome = outcome


class _Exchange:
    """One conversation with the server. `step` is how far it came when it failed."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext, timeout: float, sender: mime.Sender) -> None:
        self.step: Step = "connect"
        self._server, self._sender, self._timeout = server, sender, timeout
        self._client = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            start_tls=False,  # done here, so that its failures can be told apart
            tls_context=tls,
            local_hostname=sender.domain,
            timeout=timeout,
        )

    async def run(self, letter: Letter, to: str, raw: bytes) -> None:
        async with asyncio.timeout(3 * self._timeout):  # until here nothing is delivered, so a slow server is no doubt
            await self._client.connect()
            await self._client.ehlo()
            await self._enter()
            await self._address(letter, to, len(raw))
        self.step = "data"
        await self._client.data(raw, timeout=4 * self._timeout)

    async def leave(self) -> None:
        """Say good-bye; whether the server hears it matters to nobody."""
        try:
            if self._client.is_connected:
                await self._client.quit(timeout=min(self._timeout, 5.0))
        except (SMTPException, OSError):
            pass
        finally:
            self._client.close()

    async def _enter(self) -> None:
        self.step = "tls"
        encrypted = self._server.tls
        if not encrypted and self._client.supports_extension("starttls"):
            await self._client.starttls()
            await self._client.ehlo()
            encrypted = True
        self.step = "login"
        if self._server.user:
            if not encrypted and not _loopback(self._server.host):
                raise _StoppedError(Down("the mail server offers no TLS: the password was not sent"))
            await self._client.login(self._server.user, self._server.password.reveal())

    async def _address(self, letter: Letter, to: str, size: int) -> None:
        """MAIL and RCPT. Where the server refuses a return path of ours (it may insist on the account's own), the sender's address."""
        options = self._mail_options(letter, to, size)
        self.step = "sender"
        try:
            await self._client.mail(mime.return_path(letter, self._sender), options=options)
        except SMTPSenderRefused as refused:
            if refused.code < 500 or _enhanced(refused) == "3.4" or refused.code == 552:
                raise
            await self._client.mail(self._sender.address, options=options)
        self.step = "recipient"
        dsn = ["NOTIFY=FAILURE", f"ORCPT=rfc822;{_xtext(to)}"] if self._client.supports_extension("dsn") and to.isascii() else []
        await self._client.rcpt(to, options=dsn, encoding="utf-8")

    def _mail_options(self, letter: Letter, to: str, size: int) -> list[str]:
        """SIZE (RFC 1870), SMTPUTF8 (RFC 6531) and what a bounce shall say (RFC 3461), as the server offers them."""
        offers = self._client.supports_extension
        if not to.isascii() and not offers("smtputf8"):
            raise _StoppedError(Never("the mail server takes no mailbox name with letters outside ASCII"))
        options = [f"SIZE={size}"] if offers("size") else []
        options += [] if to.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
        return options + (["RET=HDRS", f"ENVID={_xtext(mime.envelope_id(letter, self._sender))}"] if offers("dsn") else [])


def judge(step: Step, error: Exception, attempt: int) -> Outcome:
    """What a failure at a step means for the Letter.

    A 5xx about the mailbox parks it; about our account, sender or relay it stops the channel; about our text the text is refused. 5.7.x
    for a mailbox is policy, so ours and not the address's: the Letter waits, for SPF, DKIM or a block list to be put right.
    """
    if isinstance(error, _StoppedError):
        return error.outcome
    if isinstance(error, SMTPResponseException) and 400 <= error.code <= 599:
        return _answered(step, error, attempt)
    reason = _said(error)
    if _certificate(error):
        return Down(f"the certificate of the mail server is not valid: {reason}")
    if step == "data":
        return Unknown(f"no answer to the mail: {reason}")
    if step == "login" and not isinstance(error, OSError):
        return Down(f"login: {reason}")  # no method that both know
    return Later(_doubled(CHANNEL_WAIT, LONGEST_CHANNEL_WAIT, attempt), "channel", f"{step}: {reason}")


def _answered(step: Step, error: SMTPResponseException, attempt: int) -> Outcome:
    reason = f"{step}: {_said(error)}"
    if error.code == 421 or (error.code < 500 and step not in ("recipient", "data")):
        return Later(_doubled(CHANNEL_WAIT, LONGEST_CHANNEL_WAIT, attempt), "channel", reason)
    later = Later(_doubled(CHAT_WAIT, LONGEST_CHAT_WAIT, attempt), "chat", reason)
    if error.code < 500:
        return later
    if step == "recipient":
        return _no_recipient(error, reason, later)
    if step == "data":
        return _no_text(error, reason, later)
    too_big = step == "sender" and (error.code == 552 or _enhanced(error) == "3.4")
    return Refused(reason) if too_big else Down(reason)


def _no_recipient(error: SMTPResponseException, reason: str, later: Later) -> Outcome:
    """A 5xx to RCPT. Without an enhanced code, 550, 551, 553, 521 and 556 speak of the mailbox or its domain; 552 of its quota."""
    code = _enhanced(error)
    if _NOT_OURS.search(error.message) or code in _OUR_ACCOUNT:
        return Down(reason)
    if code in _GONE or (code.startswith(("1.", "4.")) and code not in _OUR_ADDRESS):
        return Never(reason)
    if code in _TOO_MUCH or error.code in (500, 501, 502, 503, 504, 555):
        return Refused(reason)
    if not code and error.code in (521, 550, 551, 553, 556):
        return Never(reason)
    return later


def _no_text(error: SMTPResponseException, reason: str, later: Later) -> Outcome:
    """A 5xx to the mail itself. Some servers say only now that the mailbox is not there."""
    code = _enhanced(error)
    if code in _OUR_ACCOUNT or _NOT_OURS.search(error.message):
        return Down(reason)
    if code in _GONE:
        return Never(reason)
    return later if code in _UNPROVEN or code == "2.2" else Refused(reason)


# Enhanced codes (RFC 3463 and IANA's registry), without the class.
_GONE = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "7.17", "7.18"})  # no such mailbox, disabled, moved, null MX, other owner
_OUR_ADDRESS = frozenset({"1.7", "1.8"})  # it is the sender's address that is bad
_OUR_ACCOUNT = frozenset({"7.8", "7.9", "7.11", "7.13", "7.14", "1.7", "1.8"})  # login, encryption, account disabled; sender unknown
_UNPROVEN = frozenset({"7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.26", "7.27"})  # DKIM, SPF, reverse DNS: the relay's to mend
_TOO_MUCH = frozenset({"2.3", "3.4", "6.0", "6.1", "6.2", "6.3"})  # size, content


def _enhanced(error: SMTPResponseException) -> str:
    """`1.1` of `550 5.1.1 …`; "" where the server gives none."""
    found = _ENHANCED.match(error.message.lstrip())
    return found[1] if found else ""


def _said(error: Exception) -> str:
    """The server's words or the fault's name, without addresses."""
    if isinstance(error, SMTPResponseException):
        text = f"{error.code} {error.message}"
    else:
        cause = error.__cause__ or error
        text = f"{type(cause).__name__}: {cause}"
    return clip(clean(_ADDRESS.sub("…", text)), 200)


def _certificate(error: Exception) -> bool:
    return any(isinstance(each, ssl.SSLCertVerificationError) for each in (error, error.__cause__))


def _doubled(first: timedelta, longest: timedelta, attempt: int) -> timedelta:
    """The wait after the attempt of this number, from 1."""
    return min(longest, first * (1 << min(max(attempt - 1, 0), 20)))


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _mailbox(address: str) -> str | None:
    """The address with its domain in ASCII (IDNA); None where that is no domain."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}" if local and domain else None
    except UnicodeError:
        return None


def _xtext(text: str) -> str:
    """RFC 3461, 4: what is not plain, `+` or `=` is written `+XX`."""
    return "".join(char if "!" <= char <= "~" and char not in "+=" else f"+{ord(char):02X}" for char in text)
