from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.kit.database import Base


class Message(Base):
    """A mail to one address. It goes out after `send_after`, unless stopped before; `key` makes it one message however often it is queued."""

    __tablename__ = "mail_message"
    __table_args__ = (
        UniqueConstraint("key", name="uq_mail_message_key_once"),
        Index("ix_mail_message_waiting", "sent_at", "send_after"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    kind: Mapped[str]  # the name of its text, such as measures/received
    to_address: Mapped[str]
    to_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    subject: Mapped[str]
    body: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(index=True)
    branch_id: Mapped[int | None]
    queued_at: Mapped[datetime]
    send_after: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]  # given up: somebody must look
    error: Mapped[str] = mapped_column(default="")
