"""Pictures: the widths are those of the values, and no text becomes markup."""

import re
from decimal import Decimal
from fractions import Fraction

from fundapp.kit import charts


def rects(picture: str) -> list[tuple[str, str]]:
    """(x, width) of every rectangle."""
    found = re.findall(r"<rect ([^/]*)/>", picture)
    return [
        (re.search(r' x="([^"]*)"', " " + one)[1] if " x=" in one else "0", re.search(r'width="([^"]*)"', one)[1])
        for one in found
    ]


def test_the_parts_of_a_money_bar_are_as_wide_as_their_share() -> None:
    bar = charts.money_bar(paid=50, committed=20, reserved=10, free=20, label="Money")

    assert rects(bar) == [("0", "50%"), ("50.4%", "19.6%"), ("70.4%", "9.6%"), ("80.4%", "19.5%")]


def test_bars_that_share_a_whole_share_one_scale() -> None:
    assert rects(charts.money_bar(paid=25, whole=100, label="Small")) == [("0", "25%")]
    assert rects(charts.money_bar(paid=100, whole=100, label="Great")) == [("0", "100%")]


def test_a_bar_never_grows_beyond_its_width() -> None:
    assert rects(charts.money_bar(paid=300, whole=100, label="More than all")) == [("0", "100%")]


def test_no_money_is_an_empty_outline() -> None:
    bar = charts.money_bar(label="Nothing yet")

    assert 'class="is-free"' in bar
    assert rects(bar) == [("0", "99.9%")]


def test_less_than_nothing_is_drawn_as_nothing() -> None:
    assert rects(charts.money_bar(paid=100, free=-40, label="Overdrawn")) == [("0", "100%")]


def test_a_part_too_small_to_draw_is_still_seen() -> None:
    assert rects(charts.money_bar(paid=1_000_000, committed=1, label="Money")) == [("0", "100%"), ("99.8%", "0.2%")]


def test_a_thin_bar_has_a_thin_outline() -> None:
    assert 'height="9"' in charts.money_bar(free=1, label="Free", thin=True)


def test_scores_stand_where_their_points_are() -> None:
    dots = charts.score_dots([69, 72, 82], mean=Decimal("74.3"), threshold=60, label="Scores")

    assert re.findall(r'cx="([^"]*)"', dots) == ["69%", "72%", "82%"]
    assert '<line class="mean" x1="74.3%" x2="74.3%"' in dots
    assert '<line class="threshold" x1="60%" x2="60%"' in dots
    assert '<line class="reach" x1="69%" x2="82%"' in dots
    assert "outlier" not in dots


def test_scores_use_the_scale_they_are_given() -> None:
    dots = charts.score_dots([Fraction(60), 100], low=40, high=100, label="Scores")

    assert re.findall(r'cx="([^"]*)"', dots) == ["33.33%", "100%"]


def test_more_than_twenty_points_apart_marks_both_ends() -> None:
    assert charts.score_dots([58, 66, 88], label="Scores").count('class="outlier"') == 2
    assert charts.score_dots([60, 70, 80], label="Scores").count('class="outlier"') == 0


def test_no_score_yet_leaves_an_empty_line() -> None:
    assert "circle" not in charts.score_dots([], threshold=60, label="No score yet")


def test_columns_begin_at_zero_and_share_one_scale() -> None:
    picture = charts.columns([("2024", 50), ("2025", 100)], label="People trained")

    assert re.findall(r'height="([^"]*)"', picture) == ["75", "150"]
    assert rects(picture) == [("10%", "30%"), ("60%", "30%")]
    assert re.findall(r'class="value"[^>]*>([^<]*)<', picture) == ["50", "100"]


def test_columns_write_values_as_they_are_told() -> None:
    assert ">1,291<" in charts.columns([("2025", 1291)], shown=["1,291"], label="People trained")


def test_a_year_without_anything_is_a_thin_line() -> None:
    assert 'class="bar-soft" x="20%" y="169" width="60%" height="1"' in charts.columns([("2025", 0)], label="None")


def test_no_year_at_all_is_an_empty_picture() -> None:
    assert "<rect" not in charts.columns([], label="Nothing yet")


def test_lying_bars_share_the_scale_of_the_longest() -> None:
    assert [rects(bar) for bar in charts.bars([20, 10, 0])] == [[("0", "100%")], [("0", "50%")], []]


def test_a_pair_is_drawn_dark_and_light() -> None:
    assert rects(charts.bars([(30, 70)])[0]) == [("0", "30%"), ("30.4%", "69.6%")]


def test_no_text_becomes_markup() -> None:
    name = '<script>"&'

    for picture in (
        charts.money_bar(paid=1, label=name),
        charts.score_dots([1], label=name),
        charts.columns([(name, 1)], label=name),
    ):
        assert "<script>" not in picture
        assert 'aria-label="&lt;script&gt;&#34;&amp;"' in picture


def test_the_keys_of_a_legend_look_like_the_parts() -> None:
    assert "is-paid" in charts.key("paid")
    assert "url(#hatch)" in charts.key("reserved")
    assert "is-free" in charts.key("free")
