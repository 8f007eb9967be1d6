"""What a record is: a frozen dataclass with slots, declared at a fifth of the usual price.

A question loads some eighty records and is answered in a few hundredths of a second.
`dataclasses.dataclass` would write, compile and run six functions for each of them, which
takes longer than the answer. Here only ``__init__`` is compiled; what else a frozen
dataclass has is written once, below, and shared by all. To `dataclasses.replace`, `fields`
and `asdict`, to pickles and to msgspec a record is a dataclass like any other.
"""

from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from typing import Any, NoReturn, TypeVar, dataclass_transform

_Class = TypeVar("_Class", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: _Class) -> _Class:
    """Make a frozen dataclass with slots of a class without bases, as its decorator.

    Of what `dataclasses.field` can say, a default, its factory and ``repr`` are heeded.
    """
    cls.__doc__ = cls.__doc__ or cls.__name__  # else `dataclass` works out a signature
    declared = fields(dataclass(init=False, repr=False, eq=False, match_args=False)(cls))
    names = tuple(one.name for one in declared)
    unwanted = {*names, "__dict__", "__weakref__"}
    body = {name: value for name, value in vars(cls).items() if name not in unwanted}
    body |= _SHARED
    body |= {"__slots__": names, "__match_args__": names, "__init__": _init_of(declared)}
    body["__qualname__"] = cls.__qualname__
    return type(cls)(cls.__name__, (), body)  # slots are for a class that is yet to be


def _init_of(declared: "tuple[Field[Any], ...]") -> Any:
    """Compile what makes an instance."""
    given: dict[str, Any] = {"_set": object.__setattr__, "_FRESH": _FRESH}
    parameters, lines = ["self"], []
    for one in declared:
        name = one.name
        value = name
        if one.default is not MISSING:
            given[f"_default_{name}"] = one.default
            parameters.append(f"{name}=_default_{name}")
        elif one.default_factory is not MISSING:
            given[f"_make_{name}"] = one.default_factory
            parameters.append(f"{name}=_FRESH")
            value = f"_make_{name}() if {name} is _FRESH else {name}"
        else:
            parameters.append(name)
        lines.append(f" _set(self, {name!r}, {value})")
    body = "\n".join(lines) or " pass"
    exec(f"def __init__({', '.join(parameters)}):\n{body}", given)  # noqa: S102
    return given["__init__"]


_FRESH = object()
"""Stands for a value that is made anew for each instance."""


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__slots__])


def _equal(self: Any, other: object) -> bool:
    return _values(self) == _values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _repr(self: Any) -> str:
    shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _refuse(self: Any, name: str, value: object = None) -> NoReturn:
    raise FrozenInstanceError(f"cannot change {name!r} of a {self.__class__.__name__}")


def _restore(self: Any, values: tuple[Any, ...]) -> None:
    for name, value in zip(self.__slots__, values, strict=True):
        object.__setattr__(self, name, value)


_SHARED = {
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__getstate__": _values,
    "__setstate__": _restore,
}
