"""An expression that would be tried for ever is refused; what people write is not."""

import pytest

from onstation.fleet.expressions import is_endless


@pytest.mark.parametrize(
    "expression",
    [
        "(a+)+b", "(a*)*", "(a|a)*b", "(a|ab)+", "(a?){60}b", "((a?){9}){9}", ".*.*.*.*b",
        "(?=(a+)+)b", "(?>(a+)+)b", "(?i:(a\\d?)+)", "(x)?(?(1)(a+)*|b)", "(((((((a)*)*)*)*)*)*)*",
    ],
)  # fmt: skip
def test_what_can_be_tried_in_too_many_ways_is_told(expression: str) -> None:
    assert is_endless(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "BLKCAT\\d+", "(TROY|OMAHA)\\d{1,3}", "CBP-?\\d{3}", "N\\d{1,5}[A-Z]{0,2}", ".*CBP.*",
        "[A-Z]+\\d+[A-Z]*", "(RCH|REACH)?\\d*", "(?:A|B|C)\\d{2,4}", "(ABC){2}",
    ],
)  # fmt: skip
def test_what_people_write_is_not(expression: str) -> None:
    assert not is_endless(expression)
