"""Filling and checking in a process with limits."""

import io
import sys
import time
from pathlib import Path

import pytest
from docx import Document

from fundapp.documents import process
from fundapp.documents.process import Press, Rendered, RenderFailed, render

LOOPS = "{% for a in r %}" * 8 + "x" + "{% endfor %}" * 8
GROWS = (
    "{% set x = 'aaaaaaaaaa' %}"
    + "{{ x"
    + "".join(f"|replace('{a}', '{b * 16}')" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + " }}"
)
CHART = {
    "kind": "columns",
    "title": "Measures by year",
    "labels": ["2024", "2025"],
    "series": [{"name": "contracted", "values": [12, 30]}, {"name": "ended", "values": [8, None]}],
    "unit": "measures",
}


@pytest.fixture(scope="module")
def press():
    with Press(seconds=10) as press:
        yield press


def test_a_letter_is_filled_in_a_process_of_its_own(word_file):
    done = render(word_file("to {{ name }}"), {"name": "Хөвсгөл & co"})
    assert Document(io.BytesIO(done.data)).paragraphs[0].text == "to Хөвсгөл & co"
    assert done.differences == []


def test_matplotlib_stays_out_of_this_process(press, word_file):
    done = press.render(word_file("{{ picture }}"), {"picture": {"chart": CHART, "width_cm": 12}})
    assert Document(io.BytesIO(done.data)).inline_shapes[0].width.cm == 12
    assert done.differences == []
    assert "matplotlib" not in sys.modules


@pytest.mark.parametrize("wrong", [{"labels": ["2024"]}, {"series": []}, {"kind": "pie"}])
def test_a_chart_that_does_not_add_up_is_refused(press, word_file, wrong):
    with pytest.raises(RenderFailed, match="chart"):
        press.render(word_file("{{ picture }}"), {"picture": {"chart": CHART | wrong}})


def test_lying_bars_are_drawn_too(press, word_file):
    bars = CHART | {"kind": "bars", "labels": ["Хөвсгөл", "Дархан"]}
    assert press.render(word_file("{{ picture }}"), {"picture": {"chart": bars}}).differences == []


def test_a_template_that_never_ends_is_stopped(word_file):
    began = time.monotonic()
    with pytest.raises(RenderFailed, match="it took longer than 2 seconds"):
        render(word_file(LOOPS), {"r": list(range(40))}, seconds=2)
    assert time.monotonic() - began < 6


def test_a_template_that_grows_is_stopped(word_file):
    with pytest.raises(RenderFailed, match="it needs more than 400 MB of memory"):
        render(word_file(GROWS), {}, memory_mb=400)


def test_the_next_letter_is_filled_after_one_that_ended_the_process(word_file):
    with Press(seconds=2) as press:
        with pytest.raises(RenderFailed):
            press.render(word_file(LOOPS), {"r": list(range(40))})
        assert isinstance(press.render(word_file("{{ a }}"), {"a": "x"}), Rendered)


def test_the_reason_names_the_field_and_its_place(press, word_file):
    with pytest.raises(RenderFailed) as failed:
        press.render(word_file("", "{{ amuont }}"), {"amount": "1.00"})
    assert failed.value.reason == "paragraph 2: there is no field 'amuont'"


@pytest.mark.parametrize(
    "payload", ["{{ cycler.__init__.__globals__ }}", "{{ fund.update() }}", "{{ range(10**9) }}", "{{ 'a'*10**9 }}"]
)
def test_a_hostile_template_is_refused(press, word_file, payload):
    with pytest.raises(RenderFailed, match="paragraph 1: "):
        press.render(word_file(payload), {"fund": {"name": "x"}})


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel what the process was given")
def test_the_process_does_not_know_our_secrets(monkeypatch):
    monkeypatch.setenv("FUNDAPP_SECRET_KEY", "hidden")
    with Press() as press:
        press._child = press._start()
        assert b"FUNDAPP_" not in Path(f"/proc/{press._child.pid}/environ").read_bytes()


def test_an_upload_is_checked_in_the_process(word_file):
    report = process.check(word_file("{{ amuont }}"), {"amount": "1.00"})
    assert [(found.place, found.name) for found in report.errors] == [("paragraph 1", "amuont")]


def test_an_upload_that_breaks_the_limits_is_an_error_in_its_report(word_file):
    report = process.check(word_file(LOOPS), {"r": list(range(40))}, seconds=2)
    assert [found.message for found in report.errors] == [
        "The template could not be checked: it took longer than 2 seconds."
    ]
