"""Calls a running service through the client that openapi-python-client made of its description."""

from __future__ import annotations

import sys

from generated import Client
from generated.api.addresses import resolve
from generated.api.articles import list_articles
from generated.api.navigation import get_menu
from generated.api.pages import get_page
from generated.api.phases import get_phase, list_phases
from generated.models import (
    Article,
    ArticleItem,
    ArticlePartial,
    Author,
    Card,
    GetMenuMenu,
    GetPhaseSlug,
    ListArticlesFieldsItem,
    ListArticlesIncludeItem,
    ListArticlesSortItem,
    Page,
    Phase,
    PhaseItem,
    PhaseKind,
    Problem,
)
from generated.types import UNSET

client = Client(base_url=sys.argv[1], follow_redirects=True, raise_on_unexpected_status=True)

phase = get_phase.sync(GetPhaseSlug.CONSTRUCTION, client=client)
assert isinstance(phase, Phase)
assert (phase.title, phase.kind, phase.duration.min_) == ("Construction", PhaseKind.JOURNEY, "P12M")
assert isinstance(phase.next_, Card)
assert phase.text is UNSET

phases = list_phases.sync(client=client)
assert [type(one) for one in phases.items] == [PhaseItem] * 4

some = list_articles.sync(
    client=client,
    fields=[ListArticlesFieldsItem.TITLE, ListArticlesFieldsItem.DATE],
    sort=[ListArticlesSortItem("-date")],
    limit=2,
)
assert [type(one) for one in some.items] == [ArticlePartial] * 2
assert all(isinstance(one.title, str) and one.id is UNSET for one in some.items)

full = list_articles.sync(client=client, include=[ListArticlesIncludeItem.AUTHORS, ListArticlesIncludeItem.HTML])
assert full.meta.total == len(full.items)
assert all(isinstance(one, ArticleItem) and not isinstance(one, Article) for one in full.items)
assert all(isinstance(author, Author) for one in full.items for author in one.authors)
assert any("<p>" in one.html for one in full.items)

page = get_page.sync("approche/construction", client=client)
assert isinstance(page, Page)
assert [crumb.title for crumb in page.breadcrumbs] == ["Accueil", "Le programme", "Construction"]
assert page.to_dict()["phase"]["slug"] == "construction"

menu = get_menu.sync(GetMenuMenu.NAV, client=client, current="/approche/")
assert any(item.active or item.in_trail for item in menu.items)

moved = resolve.sync(client=client, path="/postuler")
assert (moved.status.value, moved.resource.type_) == ("moved", "page")

gone = get_page.sync_detailed("concours-2019", client=client)
assert gone.status_code == 410
assert isinstance(gone.parsed, Problem)
