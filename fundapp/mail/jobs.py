"""The senders: claim what is due, speak SMTP or HTTP outside any transaction, mark what went.

Neither has exactly-once: a mail keeps its Message-ID, a short text its Idempotency-Key, however often it is tried.
"""

import hashlib
import http.client
import json
import logging
import smtplib
import ssl
import urllib.request
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from functools import partial
from typing import Any, Literal
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit

from sqlalchemy import or_, select

from fundapp.kit.database import Database, WriteSession
from fundapp.kit.phones import dialled
from fundapp.kit.texts import BASE
from fundapp.mail.models import Message

LEASE, BATCH = timedelta(minutes=5), 10  # so many are tried within one lease, even if each takes its time-out
BACKOFF = (1, 5, 15, 60, 240, 720)  # minutes before the next try
TIMEOUT = 20  # seconds that a server may take
FRESH = timedelta(days=3)  # an older text is news no more: the branch tells it
NEVER = (400, 422)  # a gateway's answers to a text that it will not send, now or later
log = logging.getLogger("fundapp.mail")


def send_due(database: Database, smtp_url: str, sender: str, base_url: str, clock: Callable[[], datetime]) -> int:
    """Sends all mail that is due; says how many went. Without an SMTP server everything stays in the outbox."""
    if not smtp_url:
        return 0
    sent = 0
    while batch := database.write(partial(_claim, channel="mail", most=BATCH, at=clock())):
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


def send_texts(database: Database, url: str, token: str, clock: Callable[[], datetime]) -> int:
    """Gives the short texts that are due to the SMS gateway at `url`; says how many it took. Without one the branch tells them.

    One at a time, so that none is sent after somebody has told it. A gateway that fails is left alone until the next beat.
    """
    sent = 0
    while url and (claimed := database.write(partial(_claim, channel="text", most=1, at=clock()))):
        message, number = claimed[0], dialled(claimed[0].to_address)
        if not number.startswith("+"):
            why = "the number has no country code"
            database.write(partial(_failed, message_id=message.id, why=why, at=clock(), lasting=True))
            continue
        try:
            _post(url, token, message, number)
        except (OSError, ValueError, http.client.HTTPException) as error:  # ValueError: a token that no header can hold
            lasting = isinstance(error, HTTPError) and error.code in NEVER
            log.warning("text %s was not taken by the gateway: %s", message.id, error)
            database.write(partial(_failed, message_id=message.id, why=str(error)[:500], at=clock(), lasting=lasting))
            if not lasting:
                return sent
        else:
            database.write(partial(_sent, message_id=message.id, at=clock()))
            sent += 1
    return sent


class _Stay(urllib.request.HTTPRedirectHandler):
    """A gateway that sends elsewhere has not taken the text."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _post(url: str, token: str, message: Message, number: str) -> None:
    """Raises OSError or HTTPException unless the gateway answers 2xx."""
    body = json.dumps({"to": number, "text": message.short}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": _same(message)}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - the settings take http(s) only
    with urllib.request.build_opener(_Stay).open(request, timeout=TIMEOUT):
        pass


def _same(message: Message) -> str:
    """The same however often a message is tried; two messages never share it."""
    return f"fund-{message.id}-{hashlib.sha256(message.key.encode()).hexdigest()[:12]}"


def _claim(session: WriteSession, channel: Literal["mail", "text"], most: int, at: datetime) -> list[Message]:
    free = or_(Message.claimed_until.is_(None), Message.claimed_until <= at)
    asked = (
        select(Message)
        .where(Message.channel == channel, Message.sent_at.is_(None), Message.stopped_at.is_(None))
        .where(Message.failed_at.is_(None), Message.send_after <= at, free)
        .order_by(Message.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    if channel == "text":
        asked = asked.where(Message.told_at.is_(None), Message.send_after > at - FRESH)
    batch = session.scalars(asked).all()
    for message in batch:
        message.claimed_until = at + LEASE
    return list(batch)


def envelope(message: Message, sender: str, base_url: str) -> EmailMessage:
    """The mail as it goes out; its Message-ID is the same however often it is tried."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, message.to_address, message.subject
    domain = parseaddr(sender)[1].rpartition("@")[2]
    mail["Message-ID"] = f"<{_same(message)}@{domain}>"
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
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port or 465, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT)
    with server:
        if parts.scheme == "smtp+tls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
