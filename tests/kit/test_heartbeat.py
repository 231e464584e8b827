"""The heartbeat runs the jobs in their order, one at a time, and outlives what goes wrong in them."""

import threading

import pytest

from fundapp.kit.heartbeat import Heartbeat


@pytest.fixture
def seen():
    return []


def test_a_beat_runs_every_job_in_order(seen):
    Heartbeat({"a": lambda: seen.append("a"), "b": lambda: seen.append("b")}, 60).beat()
    assert seen == ["a", "b"]


def test_a_job_that_fails_is_told_by_its_name_and_stops_no_other(seen, caplog):
    Heartbeat({"broken": lambda: 1 / 0, "mail": lambda: seen.append("mail")}, 60).beat()
    assert seen == ["mail"]
    assert "job broken failed" in caplog.text


def test_it_beats_at_the_start_and_stops_when_told(seen):
    first = threading.Event()
    heart = Heartbeat({"a": lambda: (seen.append("a"), first.set())}, 3600)
    heart.start()
    assert first.wait(10)
    heart.stop()
    heart.wake("a")
    assert seen == ["a"]


def test_it_can_be_stopped_while_its_jobs_are_being_handed_out(seen):
    for _ in range(50):
        heart = Heartbeat({"a": lambda: seen.append("a")}, 3600)
        heart.start()
        heart.stop()


def test_woken_for_one_job_it_runs_that_one_soon(seen):
    done = threading.Event()
    heart = Heartbeat({"a": lambda: seen.append("a"), "b": lambda: (seen.append("b"), done.set())}, 3600)
    heart.start()
    assert done.wait(10)
    seen.clear()
    done.clear()
    heart.wake("b")
    assert done.wait(10)
    heart.stop()
    assert seen == ["b"]


def test_two_beats_never_run_at_once():
    inside, most = [0], [0]

    def job():
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        threading.Event().wait(0.02)
        inside[0] -= 1

    heart = Heartbeat({"a": job}, 60)
    threads = [threading.Thread(target=heart.beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [1]


def test_without_a_scheduler_nothing_is_woken(seen):
    Heartbeat({"a": lambda: seen.append("a")}, 60).wake("a")
    assert seen == []
