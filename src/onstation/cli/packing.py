"""Write a package as a folder or as a zip: whole or not at all, and over nothing of anybody's."""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from onstation.cli.asking import progress
from onstation.cli.options import SUFFIXES
from onstation.cli.terminal import say
from onstation.cli.writing import why
from onstation.config import Settings
from onstation.errors import InputError, OnstationError
from onstation.partials import partial_file, partial_folder, put_folder
from onstation.reports.package.files import DESCRIPTOR, SUMS, File, files_of
from onstation.reports.records import MissionList
from onstation.reports.words.phrases import plural
from onstation.store.database import Store

Opens = Callable[[str], IO[bytes]]

EPOCH = (1980, 1, 1, 0, 0, 0)
"""When every file of a zip was written: its bytes depend on what is in it alone."""
STORED = (".gz", ".zst")
_NAME = re.compile(r"(raw/)?[A-Za-z0-9][A-Za-z0-9_.-]*")


def write_package(
    settings: Settings,
    store: Store,
    found: MissionList,
    output: Path | None,
    *,
    force: bool = False,
    all_sources: bool = False,
) -> None:
    """Write rows and all that stands behind them to a folder, or to a file ending in .zip.

    Raises
    ------
    InputError
        No place is named, or what is there is somebody else's.
    """
    from onstation.pipeline.package import package_of

    path = place_of(output, force)
    package = package_of(
        settings, store, found, all_sources=all_sources, on_progress=progress(settings)
    )
    count = write_files(files_of(package), path)
    if settings.verbosity >= 0:
        told = f"{output}: {plural(found.total, 'mission')} in the total, {plural(count, 'file')}"
        say(told)


def place_of(output: Path | None, force: bool) -> Path:
    """Return where a package is to be written, if it may be."""
    if output is None or str(output) == "-":
        raise InputError("--format package: name a folder, or a file ending in .zip, with -o.")
    path = output.expanduser().resolve()
    is_zip = path.suffix.lower() == ".zip"
    if path.suffix.lower() in SUFFIXES and not is_zip:
        raise InputError(f"--output {output}: a package is a folder, or a file ending in .zip.")
    if not path.parent.is_dir():
        raise InputError(
            f"--output {output}: the folder {path.parent} does not exist; make it first."
        )
    if path.exists() and path.is_dir() == is_zip:
        what = "a directory" if is_zip else "a file"
        raise InputError(f"--output {output}: {what}; choose another name.")
    if not path.exists() or (force and is_zip) or _is_ours(path, changed=force):
        return path
    if force:
        raise InputError(
            f"--output {output}: a folder that is no package of onstation is never replaced;"
            " choose another name."
        )
    raise InputError(
        f"--output {output}: exists and is no package of onstation, or was changed since; choose"
        " another name, or --force to replace it."
    )


def write_files(files: Iterable[File], path: Path) -> int:
    """Write files as a zip or a folder that appears under its name when it is complete.

    Returns
    -------
    int
        How many files it has.
    """
    try:
        if path.suffix.lower() == ".zip":
            with partial_file(path) as (partial, file):
                count = _zip(files, file)
                file.flush()
                partial.replace(path)
        else:
            with partial_folder(path) as partial:
                count = _folder(files, partial)
                put_folder(partial, path)
    except OSError as error:
        raise OnstationError(f"{path} cannot be written: {why(error, path)}.") from error
    return count


def _zip(files: Iterable[File], whole: IO[bytes]) -> int:
    count = 0
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files:
            info = zipfile.ZipInfo(_safe(name), EPOCH)
            packed = name.endswith(STORED)
            info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o644 << 16
            with archive.open(info, "w", force_zip64=True) as file:
                for piece in content:
                    file.write(piece)
            count += 1
    return count


def _folder(files: Iterable[File], path: Path) -> int:
    count = 0
    for name, content in files:
        place = path / _safe(name)
        place.parent.mkdir(exist_ok=True)
        with place.open("xb") as file:
            for piece in content:
                file.write(piece)
        count += 1
    return count


def _safe(name: str) -> str:
    """Return a name that lies inside, whatever it is made from."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"no name of a file in a package: {name!r}")
    return name


def _is_ours(path: Path, *, changed: bool = False) -> bool:
    """Say whether something is a package of ours with nothing else in it.

    Parameters
    ----------
    changed
        Also one in which files were changed, added or taken away since.
    """
    try:
        if path.is_dir():
            names = {one.relative_to(path).as_posix() for one in path.rglob("*")} - {"raw"}
            return not names or _is_package(names, lambda n: (path / n).open("rb"), changed)
        with zipfile.ZipFile(path) as archive:
            return _is_package(set(archive.namelist()), archive.open, changed)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return False


def _is_package(names: set[str], opened: Opens, changed: bool) -> bool:
    with opened(DESCRIPTOR) as file:
        about = json.load(file)
    if about["onstation"]["tool"]["name"] != "onstation":
        return False
    if changed:
        return True
    with opened(SUMS) as file:
        lines = file.read().decode("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    if names != {*sums, SUMS}:
        return False
    return all(_digest(opened, name) == digest for name, digest in sums.items())


def _digest(opened: Opens, name: str) -> str:
    with opened(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
