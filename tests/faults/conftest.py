"""One interpreter that forks runs, and one set of sources, for all of these tests."""

from collections.abc import Iterator

import pytest
from doomed import COMPILER, MISSING, Nursery, nursery
from ordeals import PATCHES, Ordeals, ordeals


@pytest.fixture(scope="session")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ordeals]:
    if COMPILER is None:
        pytest.skip(MISSING)
    with ordeals(tmp_path_factory.mktemp("faults")) as found:
        yield found


@pytest.fixture(scope="session")
def run(there: Ordeals) -> Iterator[Nursery]:
    with nursery(there.home, **PATCHES) as found:
        yield found
