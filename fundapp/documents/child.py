"""The document process: reads jobs from its standard input, answers on its standard output, and lives within limits.

A message is eight bytes of length and that much JSON; files travel as base64. `process.py` starts it and speaks to it.
"""

from __future__ import annotations

import base64
import json
import os
import struct
import sys
import time
import traceback
from dataclasses import asdict
from functools import lru_cache
from typing import Any, BinaryIO

LENGTH = struct.Struct(">Q")


def send(to: BinaryIO, message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    to.write(LENGTH.pack(len(body)) + body)
    to.flush()


def receive(source: BinaryIO) -> dict[str, Any] | None:
    """The next message, None at the end. Raises EOFError where it breaks off."""
    head = source.read(LENGTH.size)
    if not head:
        return None
    body = source.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
    if len(head) < LENGTH.size or len(body) < LENGTH.unpack(head)[0]:
        raise EOFError("a message broke off")
    found: dict[str, Any] = json.loads(body)
    return found


@lru_cache(maxsize=16)
def compiled(data: bytes) -> Any:
    from fundapp.documents.word import Template  # noqa: PLC0415 - the limits stand first

    return Template(data)


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """{"data", "differences"}, {"findings"} or {"data"}, else {"failed": the reason}."""
    if job["do"] == "strip":
        return stripped(job)
    from fundapp.documents.checker import check  # noqa: PLC0415
    from fundapp.documents.package import NotAWordFile  # noqa: PLC0415
    from fundapp.documents.pictures import drawn  # noqa: PLC0415
    from fundapp.documents.word import CannotFill  # noqa: PLC0415

    data = base64.b64decode(job["template"])
    try:
        if job["do"] == "check":
            return {"findings": [asdict(finding) for finding in check(data, job["fields"]).findings]}
        template, fields = compiled(data), drawn(job["fields"])
        filled = template.render(fields)
        differences = [asdict(difference) for difference in template.differences(filled, fields)]
        return {"data": base64.b64encode(filled).decode(), "differences": differences}
    except (NotAWordFile, CannotFill, ValueError) as error:
        return {"failed": str(error)}


def stripped(job: dict[str, Any]) -> dict[str, Any]:
    from fundapp.documents.stains import NotStripped  # noqa: PLC0415 - the limits stand first
    from fundapp.documents.stripping import strip  # noqa: PLC0415

    data, how = base64.b64decode(job["template"]), job["fields"]
    try:
        return {"data": base64.b64encode(strip(data, how["media_type"], how["secret"])).decode()}
    except NotStripped as error:
        return {"failed": str(error)}


def limit_memory(megabytes: int) -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_computing(seconds: float) -> None:
    """From now on; the process ends when it has computed for longer."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415

        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds) + 1, hard))


def main() -> int:
    limit_memory(int(sys.argv[1]))
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints must not end up between the answers
    while (job := receive(sys.stdin.buffer)) is not None:
        try:
            limit_computing(float(job["seconds"]))
            send(out, answer(job))
        except MemoryError:
            send(out, {"failed": f"it needs more than {sys.argv[1]} MB of memory", "last": True})
            return 1
        except Exception as error:
            traceback.print_exc()
            send(out, {"failed": f"unexpected: {type(error).__name__}: {error}"})
    return 0


if __name__ == "__main__":
    sys.exit(main())
