"""Mail servers for tests: one that answers by a script, and real ones (postfix with dovecot) in a folder of their own, on loopback."""

import asyncio
import imaplib
import os
import pwd
import secrets
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

DROP = "drop"  #: an answer: close the connection instead
SILENCE = "silence"  #: an answer: say nothing
Said = str | bytes  #: an answer as text, or as what goes over the wire

# --- by a script


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One mail as it came over the wire."""

    mail_from: str
    mail_options: tuple[str, ...]
    to: str
    to_options: tuple[str, ...]
    raw: bytes  #: dots of the transfer taken out
    tls: bool
    user: str = ""  #: who was logged in


@dataclass(slots=True, kw_only=True)
class ScriptedServer:
    """A server on loopback. `script` maps a step to its answer, DROP or SILENCE; a step not in it goes well.

    Steps: `connect`, `EHLO`, `STARTTLS`, `AUTH`, `MAIL`, `RCPT`, `DATA` (before the mail), `END` (after it), `QUIT`. A list answers one
    after another, then the step goes well.
    """

    host: str
    port: int
    dsn: bool = True  #: offered, as SMTPUTF8 is
    smtputf8: bool = True
    implicit: bool = False  #: TLS from the first byte
    script: dict[str, Said | list[str]] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  #: commands that came, in order

    def answer(self, step: str) -> Said | None:
        scripted = self.script.get(step)
        if isinstance(scripted, list):
            return scripted.pop(0) if scripted else None
        return scripted


_GO_ON = "354 End data with <CR><LF>.<CR><LF>"  #: what aiosmtpd says to DATA


class _Talk(SMTP):
    """One connection of a ScriptedServer; it offers DSN (RFC 3461), which aiosmtpd does not know."""

    def __init__(self, server: ScriptedServer, **options: Any) -> None:
        super().__init__(_Keep(server), enable_SMTPUTF8=server.smtputf8, ident="scripted", **options)
        self._script = server
        self._step = "connect"
        self._dsn: dict[str, list[str]] = {"MAIL": [], "RCPT": []}

    async def push(self, status: Any) -> None:
        """Say what the script has for the start of a connection and the end of a mail, else what aiosmtpd would."""
        step, self._step = self._step, "END" if status == _GO_ON else ""
        await self._say((self._script.answer(step) if step else None) or status)

    async def _say(self, answer: Any) -> None:
        if answer == DROP:
            self._writer.transport.abort()
            raise asyncio.CancelledError  # as aiosmtpd itself ends a connection that is gone
        if answer != SILENCE:
            await super().push(answer)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802  # aiosmtpd's name
        await self._heard("EHLO", hostname, super().smtp_EHLO)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        await self._heard("STARTTLS", arg, super().smtp_STARTTLS)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        await self._heard("AUTH", arg, super().smtp_AUTH)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802  # aiosmtpd's name
        await self._heard("MAIL", self._without_dsn("MAIL", arg), super().smtp_MAIL)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802  # aiosmtpd's name
        await self._heard("RCPT", self._without_dsn("RCPT", arg), super().smtp_RCPT)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        await self._heard("QUIT", arg, super().smtp_QUIT)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        await self._heard("DATA", arg, super().smtp_DATA)

    async def _heard(self, command: str, arg: Any, go_on: Callable[[Any], Any]) -> None:
        self._script.said.append(command)
        scripted = self._script.answer(command)
        await (self._say(scripted) if scripted else go_on(arg))

    def _without_dsn(self, command: str, arg: str | None) -> str:
        words = (arg or "").split(" ")
        self._dsn[command] = [word for word in words if word.startswith(("RET=", "ENVID=", "NOTIFY=", "ORCPT="))]
        return " ".join(word for word in words if word not in self._dsn[command])

    @property
    def dsn(self) -> Mapping[str, list[str]]:
        return self._dsn


class _Keep:
    """The handler: keeps what came."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        offers = ["250-DSN"] if self._server.dsn else []
        return [*responses[:-1], *offers, responses[-1]]

    async def handle_DATA(self, server: _Talk, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        self._server.received.append(
            Received(
                mail_from=envelope.mail_from or "",
                mail_options=(*envelope.mail_options, *server.dsn["MAIL"]),
                to=envelope.rcpt_tos[0],
                to_options=(*envelope.rcpt_options, *server.dsn["RCPT"]),
                raw=cast(bytes, envelope.content),
                tls=session.ssl is not None or self._server.implicit,
                user=cast(str | None, session.auth_data) or "",
            )
        )
        return "250 2.0.0 kept"


@asynccontextmanager
async def scripted(
    *,
    script: Mapping[str, Said | list[str]] | None = None,
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
    login: tuple[str, str] | None = None,
    clear_login: bool = False,
    dsn: bool = True,
    smtputf8: bool = True,
) -> AsyncIterator[ScriptedServer]:
    """Run a ScriptedServer in this event loop.

    Args:
        tls: offer STARTTLS with it; with `implicit`, speak it from the first byte.
        login: the user and password it takes; others are refused.
        clear_login: offer AUTH without TLS too.
    """
    server = ScriptedServer(host="127.0.0.1", port=0, script=dict(script or {}), dsn=dsn, smtputf8=smtputf8, implicit=implicit)

    def authenticated(smtp: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == login, handled=False, auth_data=given[0] if given else None)

    options: dict[str, Any] = {"tls_context": None if implicit else tls}
    if login:
        options |= {"authenticator": authenticated, "auth_require_tls": not (clear_login or implicit)}
    listener = await asyncio.get_running_loop().create_server(
        lambda: _Talk(server, **options), server.host, 0, ssl=tls if implicit else None
    )
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


def free_port() -> int:
    """A port of loopback that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of our own, with a certificate for `localhost` and 127.0.0.1."""

    server: ssl.SSLContext
    client: ssl.SSLContext  #: trusts it
    certificate: bytes
    key: bytes


def authority(*names: str) -> Authority:
    """Make an authority, and a certificate for `names` (default: localhost, 127.0.0.1)."""
    ca = trustme.CA()
    issued = ca.issue_cert(*(names or ("localhost", "127.0.0.1")))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(server)
    client = ssl.create_default_context()
    ca.configure_trust(client)
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    return Authority(server, client, chain, issued.private_key_pem.bytes())


# --- real ones

PACKAGES = "postfix postfix-pcre dovecot-imapd"  #: of Debian, for `post_office`

_MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/maillog
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.alerts.test
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = alerts.test, x.test
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = texthash:{home}/mailboxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
recipient_delimiter = +
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = check_recipient_access pcre:{home}/access, permit_sasl_authenticated, permit_mynetworks, reject
smtpd_restriction_classes = own_sender
own_sender = check_sender_access pcre:{home}/senders
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {home}/certificate.pem
smtpd_tls_key_file = {home}/key.pem
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
local_transport = error:nobody lives here
"""

_MASTER_CF = """\
127.0.0.1:{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

_ACCESS = """\
/^grey/ 451 4.7.1 Greylisted, come back later
/^gone/ 550 5.1.1 No such user here
/^full/ 452 4.2.2 Mailbox full
/^blocked/ 550 5.7.1 Blocked by policy
/^unsubscribe\\+owned/ own_sender
"""
_SENDERS = "/^bounces/ 553 5.7.1 Sender address rejected: not owned by user\n"

_DOVECOT_CONF = """\
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
log_path = {home}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{home}/mail/%n
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service auth {{
  unix_listener {home}/queue/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOffice:
    """A running postfix with dovecot. Mailboxes: reader@, unsubscribe@ and bounces@ of alerts.test; any other user of it bounces later.

    At once it answers 451 to grey…, 452 to full…, 550 5.1.1 to gone…, 550 5.7.1 to blocked…; to unsubscribe+owned@ it takes mail
    of no return path bounces…, as one that lets each account send under its own address.
    """

    host: str
    smtp: int
    imap: int
    user: str
    password: str
    authority: Authority
    home: Path

    def mails(self, mailbox: str, *, at_least: int = 1, within: float = 20.0) -> list[bytes]:
        """All mail of a mailbox, oldest first, as IMAP gives it, once there are `at_least` so many; those there are after `within` s."""
        deadline = time.monotonic() + within
        while len(found := self._fetch(mailbox)) < at_least and time.monotonic() < deadline:
            time.sleep(0.05)  # a real server's own pace: nothing tells us
        return found

    def _fetch(self, mailbox: str) -> list[bytes]:
        with imaplib.IMAP4(self.host, self.imap) as imap:
            imap.login(mailbox, self.password)
            imap.select("INBOX", readonly=True)
            numbers = imap.search(None, "ALL")[1][0].split()
            return [part[1] for number in numbers for part in imap.fetch(number, "(RFC822)")[1] if isinstance(part, tuple)]


def not_installed() -> str | None:
    """What is missing for `post_office`, as a reason to skip; None: nothing."""
    if not (shutil.which("postfix") and shutil.which("dovecot") and Path("/usr/lib/postfix/postfix-pcre.so").exists()):
        return f"a real mail server is needed: apt-get install --no-install-recommends {PACKAGES}"
    return None if os.geteuid() == 0 else "postfix starts as root only"


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Run postfix and dovecot from configurations of their own; nothing of the machine's own mail system is touched."""
    home = Path(tempfile.mkdtemp(prefix="post-office-"))
    home.chmod(0o755)  # postfix's daemons have users of their own
    office = PostOffice(
        host="127.0.0.1", smtp=free_port(), imap=free_port(), user="relay", password=secrets.token_hex(8), authority=authority(), home=home
    )
    _furnish(office)
    dovecot = None
    try:
        _postfix(home, "start")
        dovecot = subprocess.Popen(["dovecot", "-F", "-c", str(home / "dovecot.conf")])  # noqa: S603, S607  # names of ours, found by PATH
        for port in (office.smtp, office.imap):
            _await_port(port)
        yield office
    finally:
        _postfix(home, "stop")
        if dovecot is not None:
            dovecot.terminate()
            dovecot.wait(10)
        shutil.rmtree(home, ignore_errors=True)


def _postfix(home: Path, order: str) -> None:
    subprocess.run(["postfix", "-c", str(home / "postfix"), order], check=order == "start", capture_output=True)  # noqa: S603, S607  # the Postfix of this machine


def _furnish(office: PostOffice) -> None:
    home = office.home
    mail = pwd.getpwnam("mail")
    words = {"home": home, "smtp": office.smtp, "imap": office.imap, "password": office.password, "uid": mail.pw_uid, "gid": mail.pw_gid}
    for folder in ("postfix", "data", "mail", "queue", "run"):
        (home / folder).mkdir(mode=0o755)
    shutil.chown(home / "data", "postfix")
    shutil.chown(home / "mail", "mail", "mail")
    files = {
        "postfix/main.cf": _MAIN_CF.format(**words),
        "postfix/master.cf": _MASTER_CF.format(**words),
        "dovecot.conf": _DOVECOT_CONF.format(**words),
        "access": _ACCESS,
        "senders": _SENDERS,
        "mailboxes": "".join(f"{name}@alerts.test {name}/\n" for name in ("reader", "bounces", "unsubscribe")),
        "certificate.pem": office.authority.certificate.decode(),
        "key.pem": office.authority.key.decode(),
    }
    for name, text in files.items():
        (home / name).write_text(text)
    (home / "key.pem").chmod(0o600)


def _await_port(port: int, within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
