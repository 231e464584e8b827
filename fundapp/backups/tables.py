"""Tables as lines of JSON, the same for SQLite and PostgreSQL: read from a snapshot, written into empty tables, compared.

A line is one row, in the order of the primary key. What the database itself says of its tables decides, not the models,
so that a backup can be made and restored at any revision. JSON columns travel as their text: not a byte of them changes.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    cast,
    collate,
    column,
    func,
    select,
    sql,
    text,
)
from sqlalchemy.schema import sort_tables
from sqlalchemy.types import JSON, TypeEngine

from fundapp.kit.database import Moment

BATCH = 500
KINDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (DateTime, "moment"),
    (Date, "date"),
    (Boolean, "boolean"),
    (JSON, "json"),
    (Integer, "integer"),
    (String, "text"),
)
READ: dict[str, TypeEngine[Any]] = {
    "moment": Moment(), "date": Date(), "boolean": Boolean(), "json": Text(), "integer": BigInteger(), "text": Text(),
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """A table as the file knows it: its columns with their kinds, and the key that its rows are in order of."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        return asdict(self)


def shapes(connection: Connection) -> list[Shape]:
    """All tables in the order in which rows can be written: what a row speaks of comes first, what a deferred key names last."""
    found = MetaData()
    found.reflect(connection, resolve_fks=False)
    tables = [table for table in found.tables.values() if table.name != "alembic_version"]
    late = [(fk.parent.table, fk.column.table) for table in tables for fk in table.foreign_keys if fk.deferrable]
    ordered = sort_tables(tables, skip_fn=lambda fk: bool(fk.deferrable), extra_dependencies=late)
    return [_shape(table) for table in ordered]


def _shape(table: Table) -> Shape:
    columns = tuple((column.name, _kind(table, column)) for column in table.columns)
    return Shape(table.name, columns, tuple(column.name for column in table.primary_key))


def _kind(table: Table, column: Column[Any]) -> str:
    for kind, name in KINDS:
        if isinstance(column.type, kind):
            return name
    raise TypeError(f"{table.name}.{column.name} is {column.type!r}, which a backup cannot hold")


def count(connection: Connection, shape: Shape) -> int:
    return connection.scalar(select(func.count()).select_from(sql.table(shape.name))) or 0


def lines(connection: Connection, shape: Shape) -> Iterator[bytes]:
    """The rows of a table, one line each, read in batches."""
    lite = connection.dialect.name == "sqlite"
    kinds = dict(shape.columns)
    table = sql.table(shape.name, *(column(name, READ[kind]) for name, kind in shape.columns))
    asked = select(
        *(cast(table.c[name], Text) if kind == "json" else table.c[name] for name, kind in shape.columns)
    ).order_by(*(table.c[k] if lite or kinds[k] != "text" else collate(table.c[k], "C") for k in shape.key))
    dated = [at for at, (_name, kind) in enumerate(shape.columns) if kind in {"moment", "date"}]
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with connection.execute(asked, execution_options={"stream_results": True, "yield_per": BATCH}) as rows:
        for found in rows:
            row = list(found)
            for at in dated:
                if row[at] is not None:
                    row[at] = row[at].isoformat()
            yield (encode(row) + "\n").encode()


def load(connection: Connection, shape: Shape, source: Iterable[bytes]) -> int:
    """Writes lines into an empty table, triggers in place; says how many rows."""
    lite = connection.dialect.name == "sqlite"
    turned = [(at, LITE[kind]) for at, (_name, kind) in enumerate(shape.columns) if lite and kind in LITE]
    rows = (_row(line, turned) for line in source)
    names = ", ".join(f'"{name}"' for name, _kind in shape.columns)
    if not lite:
        return _copy(connection, f'COPY "{shape.name}" ({names}) FROM STDIN', rows)
    marks = ", ".join("?" * len(shape.columns))
    written = 0
    while batch := list(islice(rows, BATCH)):
        connection.exec_driver_sql(f'INSERT INTO "{shape.name}" ({names}) VALUES ({marks})', batch)  # noqa: S608
        written += len(batch)
    return written


def _row(line: bytes, turned: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    row = json.loads(line)
    for at, turn in turned:
        if row[at] is not None:
            row[at] = turn(row[at])
    return tuple(row)


def _as_kept(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


LITE: dict[str, Callable[[Any], Any]] = {
    "moment": _as_kept, "date": lambda day: date.fromisoformat(day).isoformat(), "boolean": int,
}  # fmt: skip


def _copy(connection: Connection, statement: str, rows: Iterator[tuple[Any, ...]]) -> int:
    raw: Any = connection.connection.driver_connection
    written = 0
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            written += 1
    return written


def continue_counting(connection: Connection, shape: Shape) -> None:
    """PostgreSQL gives the next row the number after the highest; SQLite does so by itself."""
    if connection.dialect.name == "sqlite" or len(shape.key) != 1:
        return
    key, kinds = shape.key[0], dict(shape.columns)
    if kinds[key] == "integer":
        connection.execute(
            text(
                f"SELECT setval(seq, highest) FROM (SELECT pg_get_serial_sequence('{shape.name}', '{key}') AS seq, "  # noqa: S608
                f'max("{key}") AS highest FROM "{shape.name}") AS found WHERE seq IS NOT NULL AND highest IS NOT NULL'
            )
        )
