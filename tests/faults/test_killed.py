"""A run killed at any of its writes loses nothing, claims nothing false and leaves nothing.

A few of the calls of a few commands; ``make faults`` kills at hundreds.
"""

import pytest
from doomed import KILL_BEFORE, KILL_WITHIN, Nursery
from ordeals import ORDEALS, Ordeal, Ordeals

from onstation.store.database import open_store

pytestmark = pytest.mark.server
FETCH = next(one for one in ORDEALS if one.name == "fetch a folder")
SHORT = ("fetch a folder", "daily", "judge all anew", "export package")


@pytest.mark.parametrize("one", [o for o in ORDEALS if o.name in SHORT], ids=lambda o: o.name)
def test_nothing_is_lost_nothing_false_and_nothing_left(
    there: Ordeals, run: Nursery, one: Ordeal
) -> None:
    whole = there.set_up(one, run)
    count = len(whole.calls)
    for share, mode in ((0.4, KILL_WITHIN), (0.75, KILL_BEFORE)):
        there.reset(whole)
        assert there.go(one, run, at=max(1, round(share * count)), mode=mode).killed
        assert there.faults_now(whole) == []
        assert there.faults_after(one, whole, there.go(one, run)) == []


def test_the_harness_sees_a_document_that_was_lost(there: Ordeals, run: Nursery) -> None:
    whole = there.set_up(FETCH, run)
    with open_store(there.home / "store") as store:
        store._db.execute("DELETE FROM bodies")
        store._db.execute("UPDATE days SET documents = 9, damaged = 0, reason = ''")
    found = there.faults_now(whole)

    assert any("its bytes are not those" in one for one in found)
    assert any("called complete" in one for one in found)
