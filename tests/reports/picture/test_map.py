"""The map of a tail: solid where heard, dashed across silences, nothing after the last position."""

import io
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from drawn_flights import RUNS, flight, line, run, scene, story, visit
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image
from rows import row

from onstation import __version__
from onstation.reports.flights import Flight
from onstation.reports.picture.base import SIZES
from onstation.reports.picture.map import draw_map, map_figure
from onstation.schema import DATA_ENDS, Airfield


def drawing(*flights: Flight, aspect: str = "16:9", **fields: Any) -> Figure:
    return map_figure(story(flights, **fields), flights, scene(), aspect)


def whole(figure: Figure) -> str:
    return " ".join(" ".join(one.get_text() for one in figure.findobj(Text)).split())


def lines(figure: Figure, gid: str) -> list[Line2D]:
    return [one for one in figure.axes[0].lines if one.get_gid() == gid]


def places(one: Line2D) -> list[tuple[float, float]]:
    return list(zip(map(float, one.get_xdata()), map(float, one.get_ydata()), strict=True))


@pytest.mark.parametrize("aspect", list(SIZES))
def test_a_map_has_its_size_and_the_same_bytes_twice(aspect: str) -> None:
    flights = (flight(),)
    one, two = (draw_map(story(flights), flights, scene(), aspect) for _ in range(2))

    assert one == two
    with Image.open(io.BytesIO(one)) as picture:
        assert picture.size == SIZES[aspect]


def test_a_map_carries_maker_title_and_alternative_text() -> None:
    flights = (flight(visits=[visit(0, 9)]),)
    with Image.open(io.BytesIO(draw_map(story(flights), flights, scene(), "1:1"))) as picture:
        told = dict(picture.text)

    assert told["Software"] == f"onstation {__version__}"
    assert told["Title"] == "P-8A Poseidon 169010 on station over baja, 3 February 2025"
    assert "signal lost 17:45 UTC, 24,000 ft" in told["Description"]
    assert "they are no paths flown" in told["Description"]


def test_solid_lines_are_the_runs_and_nothing_else() -> None:
    heard = lines(drawing(flight()), "heard")

    assert [one.get_linestyle() for one in heard] == ["-"] * len(RUNS)
    for one, known in zip(heard, RUNS, strict=True):
        assert places(one) == list(zip(known.lon_deg, known.lat_deg, strict=True))


def test_dashed_lines_join_the_ends_of_silences_and_nothing_else() -> None:
    silent = lines(drawing(flight()), "silence")

    assert len(silent) == len(RUNS) - 1
    for one, (before, after) in zip(silent, pairwise(RUNS), strict=True):
        assert one.is_dashed()
        assert one.get_linewidth() < lines(drawing(flight()), "heard")[0].get_linewidth()
        assert places(one) == [
            (before.lon_deg[-1], before.lat_deg[-1]),
            (after.lon_deg[0], after.lat_deg[0]),
        ]


def test_after_a_signal_lost_for_good_there_is_a_cross_and_no_line() -> None:
    figure = drawing(flight())
    cross = lines(figure, "lost")
    last = RUNS[-1].lon_deg[-1], RUNS[-1].lat_deg[-1]

    assert cross
    assert all(places(one) == [last] for one in cross)
    assert "signal lost 17:45 UTC, 24,000 ft" in whole(figure)
    assert not any(places(one)[0] == last for one in lines(figure, "silence"))


def test_an_altitude_nobody_knows_is_not_written() -> None:
    figure = drawing(flight(runs=(run(0, *line(5, 31.0, -117.5), alt_ft=float("nan")),)))

    assert "signal lost 17:04 UTC" in whole(figure)
    assert "nan" not in whole(figure).lower()


def test_data_that_end_in_flight_are_no_lost_signal() -> None:
    figure = drawing(flight(landing=DATA_ENDS))

    assert not lines(figure, "lost")
    assert lines(figure, "data end")
    assert "data end 17:45 UTC, still in flight" in whole(figure)
    assert "signal lost" not in whole(figure)


def test_only_what_was_on_station_and_counts_is_emphasised() -> None:
    counted = drawing(flight(visits=[visit(2, 5), visit(30, 33, "transit")]))
    transit = row(status="transit", landing_kind="signal-lost")
    crossing = drawing(flight([transit], visits=[visit(2, 5)]))

    assert [len(places(one)) for one in lines(counted, "on station")] == [4]
    assert lines(crossing, "on station") == []
    assert "not counted as a mission" in whole(crossing)


def test_fields_and_times_are_named_where_they_are_known() -> None:
    figure = drawing(flight(landing="observed"))
    unknown = drawing(flight(take_off=None))

    assert "North Island NAS (KNZY) took off 17:00 UTC landed 17:45 UTC" in whole(figure)
    assert "took off" not in whole(unknown)
    assert "first heard 17:00 UTC" in whole(unknown)


def test_a_landing_on_another_day_says_so() -> None:
    late = run(8 * 60, *line(5, 31.0, -117.5))
    figure = drawing(flight(runs=(*RUNS, late), landing="observed"))

    assert "landed 01:04 UTC on 4 Feb" in whole(figure)


def test_a_far_field_is_named_at_the_edge_of_the_map() -> None:
    whidbey = Airfield("KNUW", "Whidbey Island Nas", 48.35, -122.66, 47.0)
    ferry = run(-300, *((48.35 - i * 0.15, -122.66 + i * 0.05) for i in range(100)))
    figure = drawing(flight(runs=(ferry, *RUNS), take_off=whidbey, visits=[visit(0, 45)]))

    assert figure.axes[0].get_ylim()[1] < 40
    assert "from Whidbey Island NAS (KNUW)" in whole(figure)


def test_where_a_signal_was_lost_is_on_the_map_however_far() -> None:
    away = run(50, *((31.0 + i * 0.15, -117.5 - i * 0.05) for i in range(100)))
    axes = drawing(flight(runs=(*RUNS, away), visits=[visit(0, 45)])).axes[0]

    assert axes.get_ylim()[0] < away.lat_deg[-1] < axes.get_ylim()[1]
    assert axes.get_xlim()[0] < away.lon_deg[-1] < axes.get_xlim()[1]


def test_many_flights_share_one_colour_and_few_have_their_own() -> None:
    def several(count: int) -> list[Flight]:
        return [
            flight([row(f"2025-02-0{1 + i % 9}T17:00", number=i, landing_kind="signal-lost")],
                   runs=(run(i, *line(9, 31.5, -117.9 + i * 0.05)),))
            for i in range(count)
        ]  # fmt: skip

    few, many = drawing(*several(3)), drawing(*several(12))

    assert len({one.get_color() for one in lines(few, "heard")}) == 3
    assert len({one.get_color() for one in lines(many, "heard")}) == 1
    assert all(one.get_alpha() < 1 for one in lines(many, "heard"))
    assert "12 flights" in whole(many)


@pytest.mark.parametrize("aspect", list(SIZES))
def test_words_map_and_foot_do_not_overlap_and_labels_stay_in_the_frame(aspect: str) -> None:
    flights = (flight(visits=[visit(0, 9)]),)
    figure = drawing(*flights, aspect=aspect, reconstruction=True)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    written = [t for t in figure.texts if t.get_gid() != "stamp"]
    labels = [t.get_window_extent() for t in axes.texts if t.get_gid() == "label"]

    for one in written:
        box = one.get_window_extent()
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1
        assert not box.overlaps(axes.bbox), one.get_text()
    for one, other in combinations([t.get_window_extent() for t in written], 2):
        width = min(one.x1, other.x1) - max(one.x0, other.x0)
        assert width <= 1 or min(one.y1, other.y1) - max(one.y0, other.y0) <= 5
    assert len(labels) >= 3
    for box in labels:
        assert box.x0 >= axes.bbox.x0
        assert box.x1 <= axes.bbox.x1
    for one, other in combinations(labels, 2):
        assert not one.overlaps(other)


def test_the_word_reconstruction_stands_there_if_and_only_if_a_flight_is_one() -> None:
    made = row(reconstruction="press reports", landing_kind="signal-lost")
    all_made = drawing(flight([made]), reconstruction=True)
    mixed = drawing(flight([made]), flight([row("2025-02-04T17:00", landing_kind="signal-lost")]))
    real = drawing(flight())

    assert [t.get_gid() for t in all_made.texts].count("stamp") == 1
    assert "RECONSTRUCTION: made from published facts" in whole(all_made)
    assert "RECONSTRUCTION: 1 of 2 flights" in whole(mixed)
    assert "3 Feb 2025: RECONSTRUCTION, counted" in whole(mixed)
    assert "RECONSTRUCTION" not in whole(real)


@pytest.mark.parametrize("aspect", list(SIZES))
def test_the_frame_holds_every_place_true_to_scale(aspect: str) -> None:
    axes = drawing(flight(), aspect=aspect).axes[0]
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    for one in RUNS:
        assert (one.lon_deg > west).all()
        assert (one.lon_deg < east).all()
        assert (one.lat_deg > south).all()
        assert (one.lat_deg < north).all()
    shrink = np.cos(np.radians((south + north) / 2))
    across, up = axes.bbox.width / ((east - west) * shrink), axes.bbox.height / (north - south)

    assert across == pytest.approx(up, rel=0.01)


def test_the_scale_is_as_long_as_it_says() -> None:
    figure = drawing(flight())
    axes = figure.axes[0]
    px_per_km = axes.bbox.height / (axes.get_ylim()[1] - axes.get_ylim()[0]) / 111.195
    told = [t.get_text() for t in axes.texts if t.get_gid() == "scale"]
    found = [float(np.ptp(one.get_xdata())) for one in lines(figure, "scale")]
    unit_km = {"km": 1.0, "mi": 1.609344}

    assert [text.split()[1] for text in told] == ["km", "mi"]
    for text, length in zip(told, found, strict=True):
        number, unit = text.split()
        assert length == pytest.approx(float(number) * unit_km[unit] * px_per_km, rel=1e-6)


def test_a_small_part_on_station_is_enlarged_in_a_free_corner() -> None:
    way = run(-200, *((31.0 - i * 0.1, -108.0 - i * 0.01) for i in range(100)))
    there = run(0, *((21 + 0.02 * np.sin(i), -109 + 0.02 * np.cos(i)) for i in range(60)))
    figure = drawing(flight(runs=(way, there), take_off=None, visits=[visit(0, 60)]))
    plain = drawing(flight(visits=[visit(0, 45)]))

    assert len(figure.axes) == 2
    assert "enlarged: on station" in whole(figure)
    assert len(plain.axes) == 1


@pytest.mark.parametrize(
    "text", ["$\\frac{1}{0}$", "$x", "\x1b[31m\u202eA\nB", "中国 ☃ 𝔘", "Z" * 300]
)
def test_hostile_text_is_drawn_as_text(text: str) -> None:
    own = row(callsigns=(text,), registration=text, status_reason=text, label=text,
              landing_kind="signal-lost")  # fmt: skip
    flights = (flight([own]), flight([row("2025-02-05T17:00", landing_kind="signal-lost")]))
    told = story(flights, ident=text, label=text, attribution=(text,))
    for aspect in SIZES:
        figure = map_figure(told, flights, scene(label=text), aspect)
        figure.draw_without_rendering()
        assert all(not one.get_parse_math() for one in figure.texts)
        assert not any(c in whole(figure) for c in "\x1b\u202e")
        assert max(t.get_window_extent().x1 for t in figure.texts) <= figure.bbox.x1
    draw_map(told, flights, scene(label=text), "16:9")


def test_a_single_position_is_a_dot_in_a_sensible_frame() -> None:
    axes = drawing(flight(runs=(run(0, (31.0, -117.5)),), take_off=None)).axes[0]

    assert axes.get_ylim()[1] - axes.get_ylim()[0] >= 1
