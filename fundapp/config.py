"""Settings from the environment, each named FUNDAPP_<NAME>. README lists them; a test compares."""

from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="FUNDAPP_", extra="ignore")

    home: Path = Field(default=Path("fund-data"), description="folder for the database and the uploads")
    database_url: str = Field(default="", description="SQLAlchemy address; empty: SQLite in HOME")
    base_url: str = Field(
        default="http://127.0.0.1:8000", description="the address people use; links in mails begin with it"
    )
    smtp_url: str = Field(default="", description="smtp://user:password@host:port; empty: mail stays in the outbox")
    sms_url: str = Field(
        default="", description="HTTP address of an SMS gateway; empty: the branches tell short texts by telephone"
    )
    sms_token: str = Field(default="", description="bearer token that the SMS gateway asks for")
    mail_from: str = Field(default="fund@localhost", description="sender of all mail")
    time_zone: str = Field(
        default="Europe/Berlin", description="zone of a new fund; deadlines and due dates are counted in it"
    )
    currency: str = Field(default="EUR", description="currency of a new fund, ISO 4217")
    brand: str = Field(default="LED Fund", description="name shown at the top of every page")
    brand_small: str = Field(default="", description="second line of the name")
    beat_seconds: int = Field(
        default=30, ge=1, description="seconds between two heartbeats of `serve`; 0 is not allowed"
    )
    demo: bool = Field(default=False, description="demonstration: one-click sign-in, everything marked as invented")

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        ZoneInfo(name)
        return name

    @field_validator("sms_url")
    @classmethod
    def _speaks_http(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("FUNDAPP_SMS_URL begins with http:// or https://")
        return url

    @model_validator(mode="after")
    def _texts_nobody_invented(self) -> Self:
        if self.demo:
            self.sms_url = ""
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def database(self) -> str:
        """The address to connect to; plain `postgresql://` means psycopg."""
        url = self.database_url or f"sqlite:///{(self.home / 'fund.sqlite3').resolve()}"
        return url.replace("postgresql://", "postgresql+psycopg://", 1).replace(
            "postgres://", "postgresql+psycopg://", 1
        )

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")
