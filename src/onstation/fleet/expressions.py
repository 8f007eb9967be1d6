"""Whether a regular expression can be tried in so many ways that matching seems to hang.

Python's expressions go back and try again: ``(a+)+b`` takes a text of forty ``a`` apart in
2^39 ways before it says no. A fleet file is written by people, and what it is matched with
comes from strangers, so an expression is judged before it is used.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

LONGEST = 200
"""Longest text that an expression meets; heads of documents are cut there."""
MOST_WAYS = 10_000_000
"""Most ways to try: three open ends in a row, which a text of `LONGEST` settles in some 20 ms."""

_parser: Any = import_module("re._parser")  # what `re.compile` itself reads an expression with


def is_endless(expression: str) -> bool:
    r"""Say whether an expression, which must be a valid one, can be tried in too many ways.

    >>> is_endless(r"(TROY|OMAHA)\d{1,3}"), is_endless("(a+)+b"), is_endless("(a|a)*b")
    (False, True, True)
    """
    if sum(map(expression.count, "*+?{|")) < 2:  # nothing is inside another, nor beside it
        return False
    return _in_row(_parser.parse(expression)) > MOST_WAYS


def _in_row(parts: Iterable[tuple[Any, Any]]) -> int:
    """Return in how many ways parts that follow each other can be tried, at most about."""
    ways = 1
    for kind, given in parts:
        ways *= _each(str(kind), given)
        if ways > MOST_WAYS:
            return MOST_WAYS + 1
    return ways


def _each(kind: str, given: Any) -> int:
    match kind:
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, body = given
            return _repeated(_in_row(body), least, most)
        case "BRANCH":
            return sum(_in_row(one) for one in given[1])
        case "SUBPATTERN":
            return _in_row(given[3])
        case "ASSERT" | "ASSERT_NOT":
            return _in_row(given[1])
        case "ATOMIC_GROUP":
            return _in_row(given)
        case "GROUPREF_EXISTS":
            return sum(_in_row(one) for one in given[1:] if one)
        case _:
            return 1


def _repeated(once: int, least: int, most: int) -> int:
    """Return the ways of a repeat of what can itself be tried in so many."""
    most = min(int(most), LONGEST)
    least = min(int(least), most)
    if once < 2:
        return most - least + 1
    total = 0
    for times in range(most, least - 1, -1):
        if times * (once.bit_length() - 1) > MOST_WAYS.bit_length():
            return MOST_WAYS + 1
        total += once**times
    return total
