"""The pages of a package for an editor: what it is, how to check a row, whose data it is."""

from collections.abc import Collection, Sequence

from onstation.reports.package.about import FILES, RAW, Told
from onstation.reports.package.tables import Trace
from onstation.reports.replay import replay_urls
from onstation.reports.safe import markdown
from onstation.reports.words.heard import coverage_sentence, hole_lines
from onstation.reports.words.limits import LOWER_BOUND, RECONSTRUCTED, left_out_sentence
from onstation.reports.words.phrases import plural
from onstation.schema import Mission


def readme_text(told: Told, traces: Sequence[Trace], silent: Collection[str]) -> str:
    """Return the page for an editor: what it is, how to check one row, what it cannot say.

    Parameters
    ----------
    silent
        Names of the missions with a silence.
    """
    found, frame = told.found, told.found.frame
    blocks = [f"# {markdown(told.title)}"]
    if frame.reconstruction:
        blocks.append(f"**{RECONSTRUCTED}**")
    if told.warning:
        blocks.append(f"**{markdown(told.warning)}**")
    blocks += [markdown(sentence) for sentence in told.sentences]
    if left_out := left_out_sentence(frame):
        blocks.append(left_out)
    holes = [f"- {markdown(line)}" for line in hole_lines(frame.days)]
    blocks.append("\n".join([coverage_sentence(frame), "", *holes]).rstrip())
    blocks += [markdown(note) for note in frame.notes]
    blocks.append(f"## What is in it\n\n{_contents(traces)}")
    if found.rows:
        first = next((r for r in found.rows if (r.mission_id, r.region) in found.in_total), None)
        blocks.append(_recipe(told, first or found.rows[0], traces, silent))
    blocks.append(f"## What it cannot say\n\n{_limits(told.found.rows)}")
    names = "\n".join(f"- {markdown(one)}" for one in frame.attribution)
    blocks.append(f"## Attribution\n\nEvery source's terms are in LICENCES.md.\n\n{names}".rstrip())
    return "\n\n".join(blocks) + "\n"


def _contents(traces: Sequence[Trace]) -> str:
    inside = sum(bool(one.raw_file) for one in traces)
    lines = ["| file | what it is |", "|---|---|"]
    lines += [f"| `{name}` | {what} |" for name, what in FILES.items()]
    lines.append(
        f"| `{RAW}` | {inside:,} of {plural(len(traces), 'trace')} exactly as received, named by"
        " digest; sources.csv says why others are not here |"
    )
    lines.append(
        "| `datapackage.json` | all of this for a machine: every column with its meaning |"
    )
    lines.append("| `SHA256SUMS` | the digest of every file |")
    return "\n".join(lines)


def _recipe(told: Told, row: Mission, traces: Sequence[Trace], silent: Collection[str]) -> str:
    """Return how to check one row, with the commands for it."""
    blocks = [
        "## Check one row in five minutes",
        f"Here the row `{row.mission_id}`, {row.region}; any other works alike. The commands are"
        " typed in the folder of this file.",
    ]
    for number, (words, commands) in enumerate(_steps(told, row, traces, silent), 1):
        blocks.append(f"{number}. {words}")
        if commands:
            blocks.append("\n".join(["   ```sh", *(f"   {one}" for one in commands), "   ```"]))
    blocks.append(
        "`frictionless validate datapackage.json` (a free program, Python) checks every cell"
        " against its column, and every file against its digest."
    )
    return "\n\n".join(blocks)


def _steps(
    told: Told, row: Mission, traces: Sequence[Trace], silent: Collection[str]
) -> list[tuple[str, list[str]]]:
    """Return what is checked of a row, one after the other, each with its commands."""
    name = row.mission_id
    own = [one for one in traces if one.document.sha256 in row.trace_sha256]
    trace = next((one for one in own if one.raw_file), None)
    digest = row.trace_sha256[0] if trace is None else trace.document.sha256
    return [
        (
            "Nothing was changed on the way here (on a Mac: `shasum -a 256 -c SHA256SUMS`):",
            ["sha256sum --check --quiet SHA256SUMS && echo unchanged"],
        ),
        (
            "The row, and the trace it was read from, with its source:",
            [f"grep '^{name},' missions.csv", f"grep '^{digest},' sources.csv"],
        ),
        (_raw_step(trace), _raw_commands(trace)),
        (
            "Its first and its last position; compare them with the row and with the trace:",
            [f"grep '^{name},' tracks.csv | head -n 1", f"grep '^{name},' tracks.csv | tail -n 1"],
        ),
        (
            f"What it did in {row.region}. The observed and bridged minutes of its visits"
            " `on station` add up to those of the row; `rule.json` has what a region asks for:",
            [f"grep '^{name},{row.region},' visits.csv"],
        ),
        _silence_step(name, silent),
        (_replay_step(row, told), []),
        (
            f"The count: this prints {told.found.total:,}, once for each mission in the total.",
            [
                "python3 -c \"import csv; print(sum(int(r['counts_in_total'])"
                " for r in csv.DictReader(open('missions.csv', encoding='utf-8'))))\""
            ],
        ),
    ]


def _silence_step(name: str, silent: Collection[str]) -> tuple[str, list[str]]:
    if name not in silent:
        return "It was never silent for more than 2 minutes: `silences.csv` has no row of it.", []
    return "Where nothing was heard of it, and how that was judged:", [
        f"grep '^{name},' silences.csv"
    ]


def _raw_step(trace: Trace | None) -> str:
    if trace is None:
        return (
            "No trace of this row is in the package: `sources.csv` says why under `left_out`, and"
            " under `evidence_url` where it is found. Its digest must be that of the row."
        )
    return (
        "The trace as its source published it. The digest must be that of the row, and of what the"
        " address in `sources.csv` gives, while its source keeps it:"
    )


def _raw_commands(trace: Trace | None) -> list[str]:
    if trace is None:
        return []
    commands = [f"sha256sum {trace.raw_file}"]
    if trace.raw_file.endswith(".gz"):
        commands.append(f"gunzip -c {trace.raw_file} | head -c 300")
    elif trace.raw_file.endswith(".json"):
        commands.append(f"head -c 300 {trace.raw_file}")
    return commands


def _replay_step(row: Mission, told: Told) -> str:
    links = replay_urls(row, told.found.frame.viewers)
    if not links:
        return "To replay it there is nothing: a reconstruction never flew."
    shown = " ".join(f"<{link}>" for link in links)
    return (
        f"Replay it: {shown}. Nobody checked these links, and they may show nothing: adsb.lol's map"
        " keeps about 30 days."
    )


def _suspicious(rows: Sequence[Mission]) -> str:
    """Say how many rows do what no aircraft of their type does, and what that means."""
    doing = sum(bool(row.suspicions) for row in rows)
    told = f"names it in {plural(doing, 'row')}" if doing else "is empty in every row"
    return (
        f"The column `suspicions` of missions.csv {told}: what no aircraft of its type does, as by"
        " faulty equipment or in an invented flight. Such a row is counted all the same, and empty"
        " does not mean genuine."
    )


def _limits(rows: Sequence[Mission]) -> str:
    lines = (
        LOWER_BOUND,
        _suspicious(rows),
        "`tracks.csv` holds what was heard and was not dropped as impossible; nothing is filled in"
        " across a silence.",
        "`fetched_utc` is when the source last answered for that day, as the ledger of whoever made"
        " the package has it.",
        "Files that `regions.yaml` names are not here; what they draw is in `regions.geojson`.",
    )
    return "\n".join(f"- {line}" for line in lines)


def licences_text(told: Told, traces: Sequence[Trace]) -> str:
    """Return the terms of every source, and what follows for whoever publishes the package."""
    blocks = [f"# {told.label}Licences and terms"]
    if told.warning:
        blocks.append(f"**{markdown(told.warning)}**")
    for notice in told.notices:
        own = [one for one in traces if one.document.source == notice.source]
        lines = [f"## {markdown(notice.source)}", "", markdown(notice.says)]
        if notice.address:
            lines.append(f"Licence: {notice.title}, <{notice.address}>.")
        else:
            lines.append("No licence of it is known.")
        lines.append(_raw_words(own))
        blocks.append("\n".join(lines))
    if any(one.licence == "ODbL-1.0" for one in told.notices):
        blocks.append(
            "## Share alike\n\n"
            "The tables here are a database derived from databases under the ODbL 1.0. Whoever"
            " publishes this package, or another database made from it, must do so under the"
            " ODbL 1.0 and keep these notices. A count, a chart, a map or an article made from it"
            " only needs the notice."
        )
    attribution = "\n".join(f"- {markdown(one)}" for one in told.found.frame.attribution)
    blocks.append(f"## To be named wherever a number is taken from here\n\n{attribution}")
    blocks.append(
        "## Outlines\n\n"
        "The outlines of the shipped regions are made from the US Census Bureau's border and"
        " Natural Earth's states and coasts (both public domain) and the lines of the treaties of"
        " 1970 and 1978."
    )
    return "\n\n".join(blocks) + "\n"


def _raw_words(traces: Sequence[Trace]) -> str:
    if not traces:
        return "No position in this package is from it."
    inside = sum(bool(one.raw_file) for one in traces)
    told = f"{plural(len(traces), 'trace')}, {inside:,} of them in raw/ as received."
    reasons = dict.fromkeys(one.left_out for one in traces if one.left_out)
    return told + "".join(f" Left out: {markdown(reason)}." for reason in reasons)
