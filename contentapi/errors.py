"""What can go wrong, as types free of HTTP. Each builds on the builtin that fits, so that callers may catch either."""

from __future__ import annotations


class ContentApiError(Exception):
    """Any failure that contentapi itself raises."""


class SettingsError(ContentApiError, ValueError):
    """A setting has no valid value. The message names the file or flag, the key, and what is allowed."""


class FolderError(ContentApiError, OSError):
    """The content folder cannot be read."""


class IndexUnavailable(ContentApiError, LookupError):
    """There is no index that can be read, or it was made by another version."""


class IndexLocked(ContentApiError, RuntimeError):
    """Another process is the writer of this index."""


class SyncHeld(ContentApiError, RuntimeError):
    """A sync would remove more than half of the documents; nothing was changed until it is repeated or confirmed."""


class ExportError(ContentApiError, RuntimeError):
    """A folder cannot be exported to. The message names what stands in the way."""


class NotFound(ContentApiError, LookupError):
    """Nothing is known by that address. ``named`` is the parameter that names it, where no part of the path does."""

    def __init__(self, what: str, name: str, *, named: BadParameter | None = None) -> None:
        super().__init__(f"There is no {what} {name!r}.")
        self.what = what
        self.name = name
        self.named = named


class Gone(NotFound):
    """The address is known and was withdrawn for good."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(what, name)
        self.args = (f"The {what} {name!r} was withdrawn.",)


class HistoryLost(ContentApiError, LookupError):
    """What changed since then is not remembered: it is too long ago, or, unless it is ``known``, of another index."""

    def __init__(self, *, known: bool) -> None:
        super().__init__("This is too long ago." if known else "This is no moment that this index knows.")
        self.known = known


class Moved(ContentApiError, LookupError):
    """The resource lives at another address: ``location``."""

    def __init__(self, location: str) -> None:
        super().__init__(f"Moved to {location}.")
        self.location = location


class BadParameter(ContentApiError, ValueError):
    """A request parameter has no valid value."""

    def __init__(
        self, parameter: str, message: str, *, allowed: tuple[str, ...] | None = None, did_you_mean: str | None = None
    ) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.allowed = allowed
        self.did_you_mean = did_you_mean
