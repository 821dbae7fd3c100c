"""Logos that the organisation's file names, read from the files beside it, so that the database has all of a page."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.organisation_file.places import Document, Fault
from incidents.model.publishing_rules import LOGO_LIMIT

MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
EMBEDDED = "data:"


def put_in_logos(document: Document, folder: Path | None) -> list[Fault]:
    """In ``document``, put the picture itself where the name of one in ``folder`` stands; returns what can't be read.

    Without ``folder``, names stay as they are. What is no page is left for others to find fault with.
    """
    if folder is None:
        return []
    faults = []
    for id, page in _pages(document.values):
        try:
            page["logo"] = _embedded(folder, page["logo"])
        except ValueError as why:
            faults.append(document.fault(("pages", id, "logo"), str(why)))
            del page["logo"]
    return faults


def _pages(values: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Those whose logo is the name of a file."""
    pages = values.get("pages") if isinstance(values, dict) else None
    for id, page in pages.items() if isinstance(pages, dict) else ():
        logo = page.get("logo") if isinstance(page, dict) else None
        if isinstance(logo, str) and logo and not logo.startswith(EMBEDDED):
            yield id, page


def _embedded(folder: Path, name: str) -> str:
    """The picture as a ``data:`` address. Raises ValueError, which says what to write instead."""
    media_type = MEDIA_TYPES.get(Path(name).suffix.lower())
    if media_type is None:
        raise ValueError(f'"{name}" is no picture; possible: {", ".join(MEDIA_TYPES)}')
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f'"{name}" is not beside this file; put it there')
    try:
        size = path.stat().st_size
        if size > LOGO_LIMIT:
            raise ValueError(f'"{name}" has {size:,} bytes; {LOGO_LIMIT:,} are possible')
        return f"{EMBEDDED}{media_type};base64,{base64.b64encode(path.read_bytes()).decode()}"
    except OSError as error:
        raise ValueError(f'"{name}" can\'t be read: {error.strerror}') from error
