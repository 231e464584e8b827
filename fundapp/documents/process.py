"""Fills and checks templates, and strips papers, in a process of its own: limited in time and memory, and without our secrets."""

from __future__ import annotations

import base64
import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, Self, cast

from fundapp.documents import wording
from fundapp.documents.checker import Finding, Report
from fundapp.documents.child import receive, send
from fundapp.documents.word import Difference

SECONDS, MEMORY = 20.0, 1024
KEPT = (
    "PATH",
    "HOME",
    "USERPROFILE",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SYSTEMROOT",
    "PYTHONPATH",
    "MPLCONFIGDIR",
)
log = logging.getLogger(__name__)


class RenderFailed(RuntimeError):
    """A document could not be made; `reason` in plain words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled file, and where it reads otherwise than template and fields say: only without any may it be issued."""

    data: bytes
    differences: list[Difference]


def render(
    template: bytes, fields: Mapping[str, Any], *, seconds: float = SECONDS, memory_mb: int = MEMORY
) -> Rendered:
    """Fills one template. Fields are JSON values; pictures.ChartField entries are drawn. Raises RenderFailed."""
    with Press(seconds=seconds, memory_mb=memory_mb) as press:
        return press.render(template, fields)


def check(data: bytes, sample: Mapping[str, Any], *, seconds: float = SECONDS, memory_mb: int = MEMORY) -> Report:
    """The checker's report on an uploaded template. A file that breaks the limits is reported as an error."""
    with Press(seconds=seconds, memory_mb=memory_mb) as press:
        return press.check(data, sample)


def strip(
    data: bytes, media_type: str, secret: list[str], *, seconds: float = SECONDS, memory_mb: int = MEMORY
) -> bytes:
    """A paper without marks of its makers. Raises RenderFailed."""
    with Press(seconds=seconds, memory_mb=memory_mb) as press:
        return press.strip(data, media_type, secret)


class Press:
    """A document process kept for many jobs: the first costs about a second, each next one milliseconds.

    One job at a time, each with its own `seconds`; after a failure that ended the process the next starts a new one.
    """

    def __init__(self, *, seconds: float = SECONDS, memory_mb: int = MEMORY) -> None:
        self.seconds, self.memory_mb = seconds, memory_mb
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def render(self, template: bytes, fields: Mapping[str, Any]) -> Rendered:
        """As the function of that name."""
        reply = self._ask("render", template, fields)
        if "failed" in reply:
            raise RenderFailed(reply["failed"])
        return Rendered(base64.b64decode(reply["data"]), [Difference(**found) for found in reply["differences"]])

    def check(self, data: bytes, sample: Mapping[str, Any]) -> Report:
        """As the function of that name."""
        reply = self._ask("check", data, sample)
        if "failed" in reply:
            return Report((Finding("error", wording.NOT_CHECKED % {"reason": reply["failed"]}),))
        return Report(tuple(Finding(**found) for found in reply["findings"]))

    def strip(self, data: bytes, media_type: str, secret: list[str]) -> bytes:
        """As `stripping.strip`. Raises RenderFailed with one of its reasons, or with what ended the process."""
        reply = self._ask("strip", data, {"media_type": media_type, "secret": secret})
        if "failed" in reply:
            raise RenderFailed(reply["failed"])
        return base64.b64decode(reply["data"])

    def close(self) -> None:
        with self._lock:
            self._stop()
            self._errors.close()

    def _ask(self, what: str, template: bytes, fields: Mapping[str, Any]) -> dict[str, Any]:
        job = {"do": what, "template": base64.b64encode(template).decode(), "fields": fields, "seconds": self.seconds}
        with self._lock:
            child = self._child = self._child if self._child and self._child.poll() is None else self._start()
            late = threading.Event()

            def end() -> None:
                late.set()
                child.kill()

            watch = threading.Timer(self.seconds, end)
            watch.start()
            reply = None
            with contextlib.suppress(EOFError, OSError):  # where it ended in the middle: the reason is asked for below
                send(cast(Any, child.stdin), job)
                reply = receive(cast(Any, child.stdout))
            watch.cancel()
            if reply is None:
                reply = {"failed": self._ended(child, late.is_set())}
            elif reply.get("last"):
                self._stop()
            return reply

    def _start(self) -> subprocess.Popen[bytes]:
        settings = {name: os.environ[name] for name in KEPT if name in os.environ}
        settings |= {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", "fundapp.documents.child", str(self.memory_mb)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=settings,
        )  # fmt: skip

    def _ended(self, child: subprocess.Popen[bytes], late: bool) -> str:
        self._stop()
        if late or (sys.platform != "win32" and child.returncode == -signal.SIGXCPU):
            return f"it took longer than {self.seconds:g} seconds"
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode(errors="replace")
        log.error("the document process ended with code %s: %s", child.returncode, said)
        if "MemoryError" in said:
            return f"it needs more than {self.memory_mb} MB of memory"
        return f"the document process ended with code {child.returncode}"

    def _stop(self) -> None:
        if (child := self._child) is None:
            return
        self._child = None
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            child.wait(1)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
