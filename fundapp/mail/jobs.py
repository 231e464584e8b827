"""The sender: claims what is due, speaks SMTP outside any transaction, marks what went. SMTP has no exactly-once: the Message-ID stays the same."""

import hashlib
import logging
import smtplib
import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from functools import partial
from urllib.parse import unquote, urlsplit

from sqlalchemy import or_, select

from fundapp.kit.database import Database, WriteSession
from fundapp.kit.texts import BASE
from fundapp.mail.models import Message

LEASE, BATCH = timedelta(minutes=5), 10  # so many are tried within one lease, even if each takes its time-out
BACKOFF = (1, 5, 15, 60, 240, 720)  # minutes before the next try
log = logging.getLogger("fundapp.mail")


def send_due(database: Database, smtp_url: str, sender: str, base_url: str, clock: Callable[[], datetime]) -> int:
    """Sends all mail that is due; says how many went. Without an SMTP server everything stays in the outbox."""
    if not smtp_url:
        return 0
    sent = 0
    while batch := database.write(partial(_claim, at=clock())):
        left = {message.id for message in batch}
        try:
            with _server(smtp_url) as server:
                for message in batch:
                    sent += _deliver(database, server, message, sender, base_url, clock)
                    left.discard(message.id)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail server cannot be reached: %s", error)
            database.write(partial(_put_back, ids=left, why=str(error)[:500], at=clock()))
            return sent
    return sent


def _claim(session: WriteSession, at: datetime) -> list[Message]:
    free = or_(Message.claimed_until.is_(None), Message.claimed_until <= at)
    batch = session.scalars(
        select(Message)
        .where(Message.sent_at.is_(None), Message.stopped_at.is_(None), Message.failed_at.is_(None))
        .where(Message.send_after <= at, free)
        .order_by(Message.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for message in batch:
        message.claimed_until = at + LEASE
    return list(batch)


def envelope(message: Message, sender: str, base_url: str) -> EmailMessage:
    """The mail as it goes out; its Message-ID is the same however often it is tried."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, message.to_address, message.subject
    domain = parseaddr(sender)[1].rpartition("@")[2]
    mail["Message-ID"] = f"<fund-{message.id}-{hashlib.sha256(message.key.encode()).hexdigest()[:12]}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body.replace(BASE, base_url.rstrip("/")))
    return mail


def _deliver(
    database: Database,
    server: smtplib.SMTP,
    message: Message,
    sender: str,
    base_url: str,
    clock: Callable[[], datetime],
) -> int:
    try:
        server.send_message(envelope(message, sender, base_url))
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, ValueError) as error:  # ValueError: an address that cannot be written down
        lasting = isinstance(error, ValueError) or _code(error) >= 500
        database.write(partial(_failed, message_id=message.id, why=str(error)[:500], at=clock(), lasting=lasting))
        return 0
    database.write(partial(_sent, message_id=message.id, at=clock()))
    return 1


def _code(error: smtplib.SMTPException) -> int:
    """What the server answered; 4xx: later, 5xx: never."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    return int(getattr(error, "smtp_code", 0))


def _sent(session: WriteSession, message_id: int, at: datetime) -> None:
    message = session.get_one(Message, message_id)
    message.sent_at, message.claimed_until, message.error = at, None, ""


def _failed(session: WriteSession, message_id: int, why: str, at: datetime, *, lasting: bool) -> None:
    message = session.get_one(Message, message_id)
    message.attempts += 1
    message.error = why
    if lasting or message.attempts > len(BACKOFF):
        message.failed_at = at
    else:
        message.claimed_until = at + timedelta(minutes=BACKOFF[message.attempts - 1])


def _put_back(session: WriteSession, ids: Collection[int], why: str, at: datetime) -> None:
    for message in session.scalars(select(Message).where(Message.id.in_(ids), Message.sent_at.is_(None))):
        message.error = why
        message.claimed_until = at + timedelta(minutes=1)


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=20, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port or 25, timeout=20)
    with server:
        if parts.scheme == "smtp+tls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
