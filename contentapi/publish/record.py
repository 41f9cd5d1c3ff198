"""``headers.json``: every address with its files and header fields, for servers, object stores and CDNs of any kind."""

from __future__ import annotations

from typing import IO

import orjson

from contentapi.publish.answers import Coded, Form, Published


class Record:
    """The header map as JSON, one line an address, written as the addresses come."""

    def __init__(self, out: IO[bytes], revision: str) -> None:
        self._out = out
        self._begun = False
        out.write(b'{"revision": ' + orjson.dumps(revision) + b', "answers": {')

    def add(self, one: Published) -> None:
        """Writes an address."""
        self._out.write(b",\n" if self._begun else b"\n")
        self._begun = True
        self._out.write(orjson.dumps(one.target) + b": " + orjson.dumps([_form(form) for form in one.forms]))

    def end(self) -> None:
        """Writes the end."""
        self._out.write(b"\n}}\n")


def _form(form: Form) -> dict[str, object]:
    return {
        "status": form.status,
        "accept": form.accept or None,
        "headers": dict(form.head),
        "codings": {one.coding: _coded(one) for one in form.codings},
    }


def _coded(one: Coded) -> dict[str, object]:
    return {"file": one.file, "etag": one.etag or None}
