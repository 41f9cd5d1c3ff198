"""The processes of a running service: a parent that answers nothing, one writer, and the workers that answer."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from contentapi.serve.parent import Parent
from contentapi.settings import Settings


def run(settings: Settings, announce: Callable[[str], None]) -> int:
    """Serves until SIGTERM or SIGINT. ``announce`` gets the address once it answers. Returns the exit code.

    Raises :class:`SettingsError` when it cannot listen, :class:`IndexUnavailable` when there is nothing to serve from.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    return Parent(settings, announce).run()
