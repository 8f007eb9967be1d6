"""Which address belongs to a US N-number, and the other way round.

The FAA hands out addresses ``a00001`` to ``adf7c7`` in the order of the marks N1 to
N99999, one to one, so neither needs a database. Addresses of the military block above
never become an N-number.
"""

import re

FIRST, LAST = 0xA00001, 0xADF7C7
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and no O
SUFFIXES = 601  # marks that share the digits so far: nothing, 24 letters, 24 * 24 pairs
STEPS = (101_711, 10_111, 951, 35)  # marks that share their first one, two, three, four digits

ADDRESS = re.compile(r"[0-9a-fA-F]{6}")
_MARK = re.compile(r"N([1-9][0-9]{0,4})([A-HJ-NP-Z]{0,2})")


def icao_to_n_number(icao: str) -> str | None:
    """Return the N-number of a US civil address; ``None`` for any other address.

    Examples
    --------
    >>> icao_to_n_number("a0aa61")
    'N142CS'
    >>> icao_to_n_number("ae2fd0") is None
    True
    """
    if not ADDRESS.fullmatch(icao):
        return None
    rest = int(icao, 16) - FIRST
    if not 0 <= rest <= LAST - FIRST:
        return None
    digits = ""
    for place, step in enumerate(STEPS):
        digit, rest = divmod(rest, step)
        digits += str(digit + (place == 0))
        if place < 3:
            if rest < SUFFIXES:
                return f"N{digits}{_letters(rest)}"
            rest -= SUFFIXES
    if rest <= len(LETTERS):
        return f"N{digits}{_letters(1 + 25 * (rest - 1)) if rest else ''}"
    return f"N{digits}{rest - len(LETTERS) - 1}"


def n_number_to_icao(text: str) -> str | None:
    """Return the address of an N-number; ``None`` where no such number can exist.

    Examples
    --------
    >>> n_number_to_icao("N403SK")
    'a4b960'
    >>> n_number_to_icao("N012AB") is None
    True
    """
    found = _MARK.fullmatch(text.strip().upper().replace("-", ""))
    if not found or len(found[0]) > 6:
        return None
    digits, letters = found.groups()
    offset = (int(digits[0]) - 1) * STEPS[0]
    for place in range(1, min(len(digits), 4)):
        offset += SUFFIXES + int(digits[place]) * STEPS[place]
    if len(digits) == 5:
        offset += 1 + len(LETTERS) + int(digits[4])
    elif len(digits) == 4:
        offset += LETTERS.index(letters) + 1 if letters else 0
    else:
        offset += _number(letters)
    return f"{FIRST + offset:06x}"


def _letters(number: int) -> str:
    """Return the suffix of zero to two letters with this number."""
    if not number:
        return ""
    first, second = divmod(number - 1, 25)
    return LETTERS[first] + (LETTERS[second - 1] if second else "")


def _number(letters: str) -> int:
    if not letters:
        return 0
    second = LETTERS.index(letters[1]) + 1 if len(letters) == 2 else 0
    return 25 * LETTERS.index(letters[0]) + second + 1
