"""``/v1/navigation``: the tree of pages and every named menu; one menu."""

from __future__ import annotations

from contentapi.errors import NotFound
from contentapi.index import navigation
from contentapi.web import params, present
from contentapi.web.answers import STRUCTURE, Answer, json, of_cards
from contentapi.web.call import Call, Operation, Segment
from contentapi.web.schemas import Menu, Navigation

_DEPTH = 2
DEPTH = params.Integer("depth", "How many levels to show.", 1, 20, _DEPTH)
CURRENT = params.Text(
    "current", "The public path of the current page, or a full address of it: marks `active` and `in_trail`."
)


def get_navigation(call: Call) -> Answer:
    """The tree of all pages, and every menu."""
    depth, current = call.number("depth") or _DEPTH, call.text("current")
    menus = {}
    for name in navigation.menu_names(call.reader):
        menu = navigation.menu(call.reader, name, depth=depth, current=current)
        if menu is not None:
            menus[name] = present.items(call.addresses, menu.items)
    tree = navigation.tree(call.reader, depth=depth, current=current)
    body: Navigation = {
        "tree": present.items(call.addresses, tree),
        "menus": menus,
        "depth": depth,
        "current": current,
        "links": {"self": call.addresses.api("/v1/navigation")},
    }
    return json(body, keys=_depends(body))


def get_menu(call: Call) -> Answer:
    """One menu."""
    name = call.segments["menu"]
    depth, current = call.number("depth") or _DEPTH, call.text("current")
    menu = navigation.menu(call.reader, name, depth=depth, current=current)
    if menu is None:
        raise NotFound("menu", name)
    body: Menu = {
        "name": menu.name,
        "items": present.items(call.addresses, menu.items),
        "depth": depth,
        "current": current,
        "links": {"self": call.addresses.menu(menu.name)},
    }
    return json(body, keys=_depends(body, f"menu:{menu.name}"))


def _depends(body: Navigation | Menu, *own: str) -> tuple[str, ...]:
    """Pages stand here by their titles, and so may whatever else a menu leads to."""
    return tuple(dict.fromkeys(("navigation", *own, "pages", STRUCTURE, *of_cards(body))))


MENU = Segment("menu", "The menu's name.", lambda reader, _: navigation.menu_names(reader), closed=True)

OPERATIONS = (
    Operation(
        "/v1/navigation",
        "getNavigation",
        "The tree of pages and every menu",
        get_navigation,
        "Navigation",
        (DEPTH, CURRENT),
        answer=Navigation,
    ),
    Operation(
        "/v1/navigation/{menu}",
        "getMenu",
        "One menu",
        get_menu,
        "Navigation",
        (DEPTH, CURRENT),
        answer=Menu,
        segments=(MENU,),
    ),
)
