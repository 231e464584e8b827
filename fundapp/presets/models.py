from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.kit.database import Base
from fundapp.kit.migrations import append_only

PRESET = "preset"  # the name under which a whole preset is chosen


class Setting(Base):
    """A switch was set to a value, or (`switch` is "preset") all of them at once; for one fund, or for the installation."""

    __tablename__ = "presets_setting"
    __table_args__ = (Index("ix_presets_setting_newest", "fund_id", "switch", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    switch: Mapped[str]
    value: Mapped[str]
    fund_id: Mapped[int | None]  # a room below the funds knows their number only
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]


append_only(Setting.__table__)  # type: ignore[arg-type]
