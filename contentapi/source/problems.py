"""The diagnostics of the folder: everything that can be wrong with a file before it is parsed, and what to do."""

from __future__ import annotations

from contentapi.model import Diagnostic, Severity

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

#: Code → how much it matters, and what the person who reads it can do.
_KNOWN: dict[str, tuple[Severity, str]] = {
    "file-name": (_ERROR, "Rename the file; letters, digits, hyphens and dots are safe."),
    "not-a-file": (_WARNING, "Move it out of the content folder."),
    "symlink-broken": (_WARNING, "Remove the link, or restore what it leads to."),
    "symlink-loop": (_ERROR, "Link to the files themselves, or move them here."),
    "symlink-outside": (_ERROR, "Copy into the folder what the link leads to."),
    "too-deep": (_ERROR, "Move the files nearer to the top of the content folder."),
    "too-large": (_ERROR, "Split it, or raise max_file_size in contentapi.toml."),
    "unreadable": (_ERROR, "Give the user that runs contentapi the right to read it."),
    "unsettled": (_WARNING, "It is read again at its next change; nothing else is needed if that comes."),
}


def problem(code: str, path: str, message: str, *, related: tuple[str, ...] = ()) -> Diagnostic:
    """The diagnostic of that code. What concerns the drafts is private: not even their names are public."""
    severity, hint = _KNOWN[code]
    private = "_drafts" in path.split("/")
    return Diagnostic(code, severity, path, message, hint, related=related, private=private)


def not_a_file(path: str) -> Diagnostic:
    """The diagnostic of what is neither a file nor a folder."""
    return problem("not-a-file", path, "This is a pipe, a socket or a device; it is never opened.")


def unreadable(path: str, error: OSError) -> Diagnostic:
    """The diagnostic of a file or folder that the system refuses to read."""
    return problem("unreadable", path, f"This cannot be read: {error.strerror or error}.")


def too_large(path: str, size: int, limit: int) -> Diagnostic:
    """The diagnostic of a file that is larger than allowed."""
    return problem("too-large", path, f"This file has {size:,} bytes; max_file_size allows {limit:,}.")
