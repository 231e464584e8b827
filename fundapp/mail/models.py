from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.kit.database import Base

OPEN = text("sent_at IS NULL AND stopped_at IS NULL AND told_at IS NULL")


class Message(Base):
    """A mail to one address, or a short text to one telephone. It goes out after `send_after`, unless stopped before.

    `key` makes it one message however often it is queued. `short` is what is said on the telephone, whatever the channel.
    """

    __tablename__ = "mail_message"
    __table_args__ = (
        UniqueConstraint("key", name="uq_mail_message_key_once"),
        CheckConstraint("channel IN ('mail', 'text')", name="channel"),
        CheckConstraint("(told_at IS NULL) = (told_by_id IS NULL)", name="told"),
        Index("ix_mail_message_waiting", "sent_at", "send_after"),
        Index("ix_mail_message_open", "send_after", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    kind: Mapped[str]  # the name of its text, such as measures/received
    channel: Mapped[str] = mapped_column(default="mail", server_default="mail")
    to_address: Mapped[str]  # an e-mail address, or of a text the telephone as the person wrote it
    to_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    subject: Mapped[str]
    body: Mapped[str]
    short: Mapped[str] = mapped_column(
        default="", server_default=text("''")
    )  # one line; empty: the mail has no short text
    case_id: Mapped[int | None] = mapped_column(index=True)
    branch_id: Mapped[int | None]
    queued_at: Mapped[datetime]
    send_after: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]  # given up: somebody must look
    told_at: Mapped[datetime | None]  # on the telephone, by `told_by_id`
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    error: Mapped[str] = mapped_column(default="")
