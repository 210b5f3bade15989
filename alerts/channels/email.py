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

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPResponseException, SMTPServerDisconnected

from alerts.channels import mime
from alerts.models import Down, Later, Letter, Never, Outcome, Refused, Sent, Unknown
from alerts.render import email as render
from alerts.render.plain import clean, clip

CHAT_WAIT = timedelta(minutes=15)  #: after a 4xx for this mailbox; doubles each time, as RFC 5321, 4.5.4.1 wants
LONGEST_CHAT_WAIT = timedelta(hours=4)
CHANNEL_WAIT = timedelta(seconds=30)  #: while the mail server cannot be reached; doubles each time
LONGEST_CHANNEL_WAIT = timedelta(minutes=15)
DENIED = 3  #: mails refused as none of the server's business, with none taken between, before that is taken to be about us

log = logging.getLogger(__name__)

Step = Literal["connect", "tls", "login", "sender", "recipient", "data", "end"]  #: `data` asks for leave to send, `end` has sent

_ENHANCED = re.compile(r"#?([245])\.(\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"\S+@\S+")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_DOTTED = re.compile(rb"(?m)^\.")


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
        self._denied = 0  # mails in a row that were refused as none of the server's business

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
            outcome = self._doubted(exchange.step, judge(exchange.step, error, letter.attempt), letter)
            log.info("letter:%d: %s", letter.id, _said(error), extra={"action": "mail", "outcome": type(outcome).__name__})
            return outcome
        finally:
            await exchange.leave()
        self._denied = 0
        return Sent(mime.message_id(letter, self._sender))

    def _doubted(self, step: Step, outcome: Outcome, letter: Letter) -> Outcome:
        """Tell one mailbox from all: once it was named, what the relay says may be the word of the mailbox's own server, and no reader
        shall stop the mail of the others."""
        if not isinstance(outcome, Down) or step not in ("recipient", "data", "end"):
            return outcome
        self._denied += 1
        return outcome if self._denied >= DENIED else Later(_doubled(CHAT_WAIT, LONGEST_CHAT_WAIT, letter.attempt), "chat", outcome.reason)

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
        await self._hand_over(raw)

    async def _hand_over(self, raw: bytes) -> None:
        """DATA and the mail. Not by the library's own call, which does not tell the two apart: without leave to send, nothing has left."""
        self.step = "data"
        leave = await self._client.execute_command(b"DATA", timeout=4 * self._timeout)
        if leave.code != 354:
            raise SMTPDataError(leave.code, leave.message)
        if (wire := self._client.protocol) is None:
            raise SMTPServerDisconnected("Connection lost")
        wire.write(_stuffed(raw))
        self.step = "end"
        answer = await wire.read_response(timeout=4 * self._timeout)
        if not 200 <= answer.code <= 299:
            raise SMTPDataError(answer.code, answer.message)

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
        dsn = ["NOTIFY=FAILURE", f"ORCPT=rfc822;{_xtext(to)}"] if self._client.supports_extension("dsn") and to.isascii() else []
        own = self._sender.address
        for path in dict.fromkeys((mime.return_path(letter, self._sender), own)):
            try:
                self.step = "sender"
                await self._client.mail(path, options=options)
                self.step = "recipient"
                await self._client.rcpt(to, options=dsn, encoding="utf-8")
                return
            except SMTPResponseException as refused:
                if path == own or not _about_sender(self.step, refused):
                    raise
            self.step = "sender"
            await self._client.rset()

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
    if step == "end":
        return Unknown(f"no answer to the mail: {reason}")
    if step == "login" and not isinstance(error, OSError | SMTPResponseException):
        return Down(f"login: {reason}")  # no method that both know
    return Later(_doubled(CHANNEL_WAIT, LONGEST_CHANNEL_WAIT, attempt), "channel", f"{step}: {reason}")


def _answered(step: Step, error: SMTPResponseException, attempt: int) -> Outcome:
    reason = f"{step}: {_said(error)}"
    named = step in ("recipient", "data", "end")  # the mailbox
    passing = error.code < 500 or _class(error) == "4" or (named and _TOO_FAST.search(error.message) is not None)
    if error.code == 421 or (passing and not named):
        return Later(_doubled(CHANNEL_WAIT, LONGEST_CHANNEL_WAIT, attempt), "channel", reason)
    there = error.code < 500 and _enhanced(error) in _ITS_DOMAIN
    later = Later(_doubled(CHAT_WAIT, LONGEST_CHAT_WAIT, attempt), "domain" if there else "chat", reason)
    if passing:
        return later
    if step == "recipient":
        return _no_recipient(error, reason, later)
    if named:
        return _no_text(error, reason, later)
    if step == "sender" and _enhanced(error) == "6.7":
        return Never(reason)
    return Refused(reason) if step == "sender" and _too_big(error) else Down(reason)


def _no_recipient(error: SMTPResponseException, reason: str, later: Later) -> Outcome:
    """A 5xx to RCPT. Servers say only now what they hold against our host, name or sender (postfix: `smtpd_delay_reject`), so words that
    speak of us come before a mere 550. Without an enhanced code 550, 551, 553, 521 and 556 speak of the mailbox or its domain, 552 of
    its quota."""
    code = _enhanced(error)
    if code in _GONE:
        return Never(reason)
    if code in _OUR_ACCOUNT or _ABOUT_US.search(error.message):
        return Down(reason)
    if code in _TOO_MUCH:
        return Refused(reason)
    if error.code in (500, 501, 502, 503, 504, 555):
        return Down(reason)
    if code == "1.0" or (not code and error.code in (521, 550, 551, 553, 556) and not _POLICY.search(error.message)):
        return Never(reason)
    return later


def _no_text(error: SMTPResponseException, reason: str, later: Later) -> Outcome:
    """A 5xx to DATA or to the mail itself. Some servers say only now that the mailbox is not there."""
    code = _enhanced(error)
    if code in _GONE or (not code and _NOBODY.search(error.message)):
        return Never(reason)
    if code in _OUR_ACCOUNT or _ABOUT_US.search(error.message):
        return Down(reason)
    full = code == "2.2" or (code.startswith(("3.", "4.")) and code not in _TOO_MUCH)  # the mailbox, or the server
    return later if full or code in _UNPROVEN else Refused(reason)


# Enhanced codes (RFC 3463 and IANA's registry), without the class.
_GONE = frozenset(
    {"1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "2.1", "4.1", "4.4", "6.7", "7.17", "7.18"}
)  # no such mailbox, disabled, moved, no way there, null MX, name not to be written, other owner
_OUR_ACCOUNT = frozenset(
    {"1.7", "1.8", "4.5", "7.8", "7.9", "7.11", "7.13", "7.14"}
)  # our sender is bad or unknown; too much sent; login, encryption, account disabled
_ITS_DOMAIN = frozenset({"1.2", "4.1", "4.3", "4.4", "4.7", "7.28"})  # of a 4xx: no way there now, or it wants no more from us
_UNPROVEN = frozenset({"7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.26", "7.27"})  # DKIM, SPF, reverse DNS: the relay's to mend
_TOO_MUCH = frozenset({"2.3", "3.3", "3.4", "6.0", "6.1", "6.2", "6.3"})  # size, content

# What the words after a code speak of, where the code does not say it.
_SENDER = re.compile(r"\bsender\b|return.?path|mail from", re.IGNORECASE)
_ABOUT_US = re.compile(
    rf"\brelay(ing|ed)?\b(?![-.\w]*\.\w)|rcpthosts|{_SENDER.pattern}|\b(helo|ehlo)\b|client host"
    r"|authentication (is )?required|(must|need to) authenticate",
    re.IGNORECASE,
)  # no host's name with such a word in it
_POLICY = re.compile(
    r"den(y|ied)|prohibit|polic|spam|black|block|reputation|reverse|\b(spf|dkim|dmarc|dnsbl|rbl|ptr)\b"
    r"|(?<!name )not (allowed|permitted|authori[sz]ed)",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"(no such|unknown|invalid) (user|recipient|mailbox|address)|user unknown|does not exist", re.IGNORECASE)
_TOO_FAST = re.compile(r"\brate\b|too (quickly|fast)|try (again )?later", re.IGNORECASE)


def _enhanced(error: SMTPResponseException) -> str:
    """`1.1` of `550 5.1.1 …`; "" where the server gives none."""
    found = _ENHANCED.match(error.message.lstrip())
    return found[2] if found else ""


def _class(error: SMTPResponseException) -> str:
    """`5` of it; `4` beside a 5xx says that it is none for ever."""
    found = _ENHANCED.match(error.message.lstrip())
    return found[1] if found else ""


def _about_sender(step: Step, error: SMTPResponseException) -> bool:
    """Whether it is the return path that is refused, perhaps as late as the mailbox is named."""
    if error.code < 500:
        return False
    return not _too_big(error) if step == "sender" else _SENDER.search(error.message) is not None


def _too_big(error: SMTPResponseException) -> bool:
    return error.code == 552 or _enhanced(error) == "3.4"


def _stuffed(raw: bytes) -> bytes:
    """A mail as DATA takes it (RFC 5321, 4.5.2): lines end with CRLF, a dot that begins one is doubled, a dot alone ends it."""
    lines = _LINE_END.sub(b"\r\n", raw)
    return _DOTTED.sub(b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n") + b".\r\n"


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
