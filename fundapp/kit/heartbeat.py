"""The heartbeat: APScheduler only beats, in memory and in UTC. Each beat runs the jobs; what is due, the database says."""

import logging
import threading
from collections.abc import Callable, Mapping

from apscheduler.schedulers.background import BackgroundScheduler

Job = Callable[[], object]
log = logging.getLogger("fundapp.heartbeat")


class Heartbeat:
    """Runs the jobs one after another, never two beats at once in a process; `wake` runs one soon, without waiting for the beat."""

    def __init__(self, jobs: Mapping[str, Job], seconds: int) -> None:
        self.jobs = jobs
        self.seconds = seconds
        self.running = threading.Lock()
        self.scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        self.scheduler = BackgroundScheduler(timezone="UTC")
        self.scheduler.add_job(self.beat, "interval", seconds=self.seconds, coalesce=True, max_instances=1, id="beat")
        self.scheduler.start()
        self.wake("*")

    def stop(self) -> None:
        """Lets the running job end. Emptied first: a scheduler stopped in the midst of handing out its jobs no longer finds them."""
        if self.scheduler is not None:
            self.scheduler.pause()
            self.scheduler.remove_all_jobs()
            self.scheduler.shutdown(wait=True)
            self.scheduler = None

    def beat(self) -> None:
        for name in self.jobs:
            self.run(name)

    def run(self, name: str) -> None:
        """One job; what goes wrong is logged with its name and does not stop the others."""
        with self.running:
            try:
                self.jobs[name]()
            except Exception:
                log.exception("job %s failed", name)

    def wake(self, name: str) -> None:
        """Runs one job ('*': all) at once in the scheduler's threads; without a running scheduler nothing happens: `fundapp due` will."""
        if self.scheduler is not None:
            work = self.beat if name == "*" else lambda: self.run(name)
            self.scheduler.add_job(work, misfire_grace_time=None, id=f"wake {name}", replace_existing=True)
