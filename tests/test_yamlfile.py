"""A YAML file gives plain data with lines, or every fault with its line."""

from datetime import date
from pathlib import Path

import pytest

from onstation.errors import InputError
from onstation.yamlfile import MAX_BYTES, load, shown

FILE = """\
version: 1
regions:
  baja:
    buffer:
      of: [MX-BCN,
           MX-BCS]
      by: 60 nm
"""


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "regions.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def faults(folder: Path, content: str | bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(written(folder, content))
    return list(caught.value.faults)


def test_data_is_plain_and_every_entry_has_its_line(tmp_path: Path) -> None:
    found = load(written(tmp_path, FILE))

    assert found.value["regions"]["baja"]["buffer"] == {"of": ["MX-BCN", "MX-BCS"], "by": "60 nm"}
    assert found.line("regions", "baja", "buffer", "by") == 7
    assert found.line("regions", "baja", "buffer", "of", 1) == 6
    assert found.name == "regions.yaml"


def test_an_entry_that_is_not_there_has_the_line_of_what_surrounds_it(tmp_path: Path) -> None:
    found = load(written(tmp_path, FILE))

    assert found.line("regions", "baja", "label", "x") == 3
    assert found.line("nothing") == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("012345", "012345"),
        ("1e5123", "1e5123"),
        ("12:30", "12:30"),
        ("0x10", "0x10"),
        ("true", True),
        ("-3", -3),
        ("2.50", 2.5),
        ("~", None),
        ("2025-02-10", date(2025, 2, 10)),
        ("2025-02-10T01:02:03Z", "2025-02-10T01:02:03Z"),
        ('"7"', "7"),
    ],
)
def test_a_value_is_what_a_reader_takes_it_for(tmp_path: Path, text: str, value: object) -> None:
    found = load(written(tmp_path, f"a: {text}\n")).value["a"]

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, '"a" stands here a second time (first on line 1)'),
        ("a: !!python/object:os.system x\n", 1, "tag"),
        ("a: !mine x\n", 1, "tag"),
        ("a: &x [1]\n", 1, "anchor &x"),
        ("a: 1\nb: *x\n", 2, "alias *x"),
        ("a: 1\nb: [1\n", 2, "the bracket [ is not closed"),
        ("a: 1\n---\nb: 2\n", 2, "a second file"),
        ("- a\n", 1, "a list, not keys and values"),
        ("", 1, "empty"),
        ("just words\n", 1, "plain text, not keys and values"),
        ("a: 1\n2025: x\n", 2, 'the key "2025" is no text'),
        ("? [a]\n: 1\n", 1, "the key a list is no text"),
        ("a: 1\nb: 2025-02-31\n", 2, "cannot be read"),
        ("a: " + "9" * 5000, 1, "cannot be read"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        ("[" * 3000, 1, "nested more than"),
    ],
)
def test_a_fault_names_file_line_and_remedy(
    tmp_path: Path, content: str | bytes, line: int, told: str
) -> None:
    found = faults(tmp_path, content)[0]

    assert found.startswith(f"regions.yaml, line {line}: ")
    assert told in found
    assert "; " in found


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "a: 1\na: 2\nb: 2025-13-01\n3: c\n")) == 3


def test_aliases_cannot_grow_a_file(tmp_path: Path) -> None:
    bomb = "a: &a [x,x]\n" + "".join(
        f"{b}: &{b} [*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )

    assert any("alias" in fault for fault in faults(tmp_path, bomb))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a:\n\tb: 1\n", "line 2: a tab; indent with blanks alone"),
        ("a: @b\n", 'line 1: a value cannot begin with "@"; put it in quotes'),
        ("a: 1\nb: {c: 1\n", "line 2: the bracket { is not closed"),
        ("a: 1\nb: [c\nd: 1\n", "line 2: the bracket [ is not closed"),
        ('a: 1\nb: "c\n', "line 2: the quotation mark is not closed"),
        ('a: "\\q"\n', "line 1: no such letter after a backslash"),
        ("a: b: c\n", "line 1: two colons on one line, or a line indented otherwise"),
        ("a: b\n   c: d\n", "line 2: two colons on one line, or a line indented otherwise"),
        ("a: 1\nb\nc: 1\n", "line 2: a line without a colon; write it as `key: value`"),
        ("a: 1\n- b\n", "line 2: neither `key: value` nor indented as the lines it follows"),
        ("- a\nb: 1\n", "line 2: neither an item that begins with `-`"),
        ("One line.\n\n# Two\nthree\n", "line 4: plain text, not `key: value`; is this the file"),
        ("a: 1\n---\nb: 1\n", "line 2: `---` begins a second file in this one; keep one"),
        ("a,b\n1,2\n", "line 1: the file is plain text, not keys and values; is it the one you"),
        ("%YAML 9\n---\n", "line 1: no YAML here (while scanning"),
    ],
)
def test_what_is_no_yaml_is_told_in_plain_words_with_its_line(
    tmp_path: Path, text: str, told: str
) -> None:
    (fault,) = faults(tmp_path, text)

    assert told in fault


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    assert "MB" in faults(tmp_path, b"#" * (MAX_BYTES + 1))[0]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.yaml: no such file"):
        load(tmp_path / "gone.yaml")


def test_text_for_a_message_cannot_steer_a_terminal() -> None:
    assert shown("a\x1b[2Jb") == '"a\\x1b[2Jb"'
    assert len(shown("x" * 1000)) < 70
