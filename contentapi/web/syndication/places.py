"""Full addresses, for those who read what they are given elsewhere than here."""

from __future__ import annotations

from dataclasses import dataclass

from contentapi.index import addresses
from contentapi.index.reader import Row
from contentapi.text import edits, paths
from contentapi.text.edits import Edit
from contentapi.web.call import Call
from contentapi.web.embed import piece
from contentapi.web.pages import words


@dataclass(frozen=True, slots=True)
class Places:
    """Spells full addresses for one call."""

    call: Call

    def own(self, address: str) -> str:
        """An address of this API, by its path or however answers spell it."""
        return piece.origin(self.call) + address.removeprefix(self.call.addresses.api(""))

    @property
    def name(self) -> str:
        """What the site is called."""
        site = self.call.reader.site
        named = site.title or (site.attribution.name if site.attribution is not None else None)
        return named or self.call.reader.host or words.of(site.lang).say("untitled")

    @property
    def home(self) -> str:
        """Where a reader finds the site: its home page, else the page that shows what is here."""
        return self.call.addresses.web("/") or self.own("/")

    def reading(self, row: Row) -> str:
        """Where a person reads a document: its public address, else the page that this service makes of it, if it does."""
        web = self.call.addresses.web(row.path)
        if web is not None:
            return web
        address = self.own(self.call.addresses.of(row))
        if row.type == "phase":
            return self.own(f"/embed/phases/{address.rpartition('/')[2]}")
        if row.key is None and not (row.type == "article" and row.named):
            return address
        return self.own(f"/embed{piece.path_of(self.call, row)}")

    def markdown(self, row: Row) -> str:
        """Where the Markdown of a document is."""
        return self.own(f"{self.call.addresses.of(row)}.md")

    def written(self, address: str, page: str) -> str | None:
        """What an address in the HTML of a document means to whoever reads it at ``page``; None when it leads nowhere."""
        site = self.call.reader.site
        edit = Edit(page=page.partition("#")[0], site=site.origin, api=piece.origin(self.call))
        return edits.absolute(address, edit) or self._shown(address)

    def _shown(self, address: str) -> str | None:
        """The page that this service makes of the document at a path of a site whose public address is not known."""
        path = addresses.site_path(self.call.reader, address)
        row = addresses.resolve(self.call.reader, path).row if path is not None else None
        return self.reading(row) + paths.split_url(address).suffix if row is not None else None
