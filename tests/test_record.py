"""A record is to its users the frozen dataclass with slots that it is declared as."""

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, asdict, astuple, dataclass, field, fields, replace
from typing import Any

import msgspec
import pytest

from onstation.record import record

_made = iter(range(1_000_000))


@record
class Flown:
    """One that says everything a record may say."""

    icao: str
    minutes: float = 0.5
    secret: str = field(default="s", repr=False)
    told: dict[str, int] = field(default_factory=lambda: {"first": next(_made)})
    parts: tuple[int, ...] = ()

    @property
    def hours(self) -> float:
        """How long."""
        return self.minutes / 60


@dataclass(frozen=True, slots=True)
class Plain:
    """The same as the standard library makes it, but for its name."""

    icao: str
    minutes: float = 0.5
    secret: str = field(default="s", repr=False)
    told: dict[str, int] = field(default_factory=dict)
    parts: tuple[int, ...] = ()


@record
class Empty:
    """One without fields."""


@pytest.fixture(params=[("ae01c7",), ("ae01c7", 3.0, "x", {"a": 1}, (1, 2))])
def given(request: pytest.FixtureRequest) -> tuple[Any, ...]:
    found: tuple[Any, ...] = request.param
    return found


def test_it_holds_says_and_converts_like_a_dataclass(given: tuple[Any, ...]) -> None:
    one, plain = Flown(*given[:3], told={}), Plain(*given[:3], told={})

    assert astuple(one) == astuple(plain)
    assert asdict(one) == asdict(plain)
    assert repr(one) == repr(plain).replace("Plain", "Flown")
    assert [(f.name, f.default, f.repr) for f in fields(one)] == [
        (f.name, f.default, f.repr) for f in fields(plain)
    ]
    assert Flown.__match_args__ == Plain.__match_args__
    assert (Flown.__doc__, Flown.__module__) == (
        "One that says everything a record may say.",
        __name__,
    )


def test_it_is_equal_where_all_its_fields_are() -> None:
    one = Flown("a", told={})

    assert one == Flown("a", 0.5, told={})
    assert one != Flown("b", told={})
    assert one != Plain("a")
    assert one != ("a", 0.5, "s", {}, ())
    assert Empty() == Empty()


def test_its_hash_is_that_of_its_values() -> None:
    assert hash(Flown("a", told=())) == hash(Flown("a", told=()))  # type: ignore[arg-type]
    assert len({Flown("a", told=()), Flown("a", told=()), Flown("b", told=())}) == 2  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unhashable"):
        hash(Flown("a"))


def test_nothing_in_it_can_be_changed_or_added_and_it_has_no_dict() -> None:
    one = Flown("a")

    for change in (_setting("icao"), _setting("other"), _deleting("icao")):
        with pytest.raises(FrozenInstanceError):
            change(one)
    assert one.icao == "a"
    assert not hasattr(one, "__dict__")


def test_a_default_factory_makes_a_new_value_each_time() -> None:
    assert Flown("a").told != Flown("a").told
    assert Flown("a", told={"given": 1}).told == {"given": 1}


def test_a_missing_and_an_unknown_value_are_refused() -> None:
    with pytest.raises(TypeError, match="icao"):
        Flown()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="nonsense"):
        Flown("a", nonsense=1)  # type: ignore[call-arg]


def test_replace_copies_and_pickles_give_the_same_record() -> None:
    one = Flown("a", 2.0, told={"x": 1}, parts=(1,))

    assert replace(one, icao="b") == Flown("b", 2.0, told={"x": 1}, parts=(1,))
    assert all(other == one for other in _copies(one))
    assert one.hours == 2 / 60


def test_msgspec_reads_and_writes_it_as_it_does_a_dataclass() -> None:
    one = Flown("a", 2.0, told={"x": 1}, parts=(1,))

    written = msgspec.json.encode(one)

    assert json.loads(written) == json.loads(
        msgspec.json.encode(Plain("a", 2.0, "s", {"x": 1}, (1,)))
    )
    assert msgspec.json.decode(written, type=Flown) == one
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"minutes": 1}', type=Flown)


def test_it_can_be_matched_by_position() -> None:
    match Flown("a", 3.0):
        case Flown(icao, minutes):
            assert (icao, minutes) == ("a", 3.0)


def _setting(name: str) -> Callable[[Flown], None]:
    return lambda one: setattr(one, name, 1)


def _deleting(name: str) -> Callable[[Flown], None]:
    return lambda one: delattr(one, name)


def _copies(one: Flown) -> Iterator[Flown]:
    yield copy.copy(one)
    yield copy.deepcopy(one)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        yield pickle.loads(pickle.dumps(one, protocol))
