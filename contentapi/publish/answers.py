"""What is published: each address with the forms of its answer, and each form with what a server says beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: What is of one coding of an answer, or of the connection it is sent over, and so is no part of its head.
_OWN = frozenset({"etag", "content-length", "content-encoding", "date", "server", "connection"})


@dataclass(frozen=True, slots=True)
class Coded:
    """An answer in one coding: its file below the folder of all answers, and its ETag, if it has one."""

    coding: str
    file: str
    etag: str


@dataclass(frozen=True, slots=True)
class Form:
    """An answer in one media type. ``head`` is what is sent beside it in any coding; ``codings`` has identity first.

    ``accept`` is the media type that asks for it; empty where the Accept header chooses nothing. A redirect has no codings.
    """

    status: int
    head: Mapping[str, str]
    codings: tuple[Coded, ...]
    accept: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """An address as it is spelled, its query included, with the forms among which the Accept header chooses.

    ``by_path`` says that it is found by a path of the site, which has many spellings, and ``main`` that it is no other form
    of such a one, which has one. ``ignores`` says what of a query that is not its own changes nothing:
    all of it (None), or all but these parameters; a query that may change something has no answer among files.
    """

    target: str
    forms: tuple[Form, ...]
    by_path: bool = False
    main: bool = True
    strict: bool = True
    ignores: tuple[str, ...] | None = ()

    @property
    def status(self) -> int:
        """The status of its forms, which have one."""
        return self.forms[0].status


def head(fields: Mapping[str, str]) -> dict[str, str]:
    """The header fields that are the same in every coding."""
    return {name: value for name, value in fields.items() if name not in _OWN}
