from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.kit.database import Base


class File(Base):
    """A kept file; its bytes lie in the store under `sha256`. `subject` names what it belongs to."""

    __tablename__ = "files_file"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    name: Mapped[str]
    media_type: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    case_id: Mapped[int | None] = mapped_column(index=True)
    branch_id: Mapped[int | None]
    by_id: Mapped[int | None]
    kept_at: Mapped[datetime]
