"""One content file to one document: the composition of what the other modules of this room do, and nothing of its own.

Pure: the same bytes, path, site and clock give the same :class:`Ingested`, whatever other files there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from contentapi.ingest import (
    classify,
    data,
    fields,
    frontmatter,
    html,
    liquid,
    markdown,
    permalink,
    reading,
    redirects,
    statements,
)
from contentapi.ingest.classify import Kind
from contentapi.ingest.frontmatter import FrontMatter, Rejected
from contentapi.ingest.kramdown.dialect import Dialect
from contentapi.ingest.reading import Reading
from contentapi.ingest.steps import Steps, made
from contentapi.model import (
    Body,
    Diagnostic,
    Document,
    Draft,
    Image,
    Ingested,
    Json,
    PhaseFields,
    Redirect,
    Severity,
    Site,
    SourceFile,
    Statement,
    Term,
)
from contentapi.text import dates, durations, media, paths

#: Front matter that every resource shows under a name of its own, and that ``fields`` therefore leaves out; or that
#: speaks to this service and not to readers.
_COMMON = frozenset({
    "id", "slug", "permalink", "excerpt", "license", "published", "draft", "unpublished", "hidden", "gone", "redirect_from",
    "redirect_to",
})  # fmt: skip
#: The same for the resources of one type.
_OWN = {
    "page": frozenset({"layout", "subtitle", "breadcrumbs", "sidebar"}),
    "article": frozenset({"authors", "author", "categories", "category", "tags", "tag", "image"}),
    "phase": frozenset({
        "position", "kind", "aliases", "labels", "label", "singular", "plural", "badge", "duration", "team", "objectives",
        "decision", "page", "documentation_url",
    }),
}  # fmt: skip
#: The names under which authors write one thing; the first that says something is the one that is shown.
_SUMMARIES = (
    "description", "summary", "short_description", "abstract", "chapo", "chapeau", "chapeau-text", "chapeau_text", "lead",
)  # fmt: skip
#: Whose faults only the whole folder shows, so that their lines go along.
_TOLD_LATER = frozenset(
    {"author", "authors", "breadcrumbs", "categories", "category", "duration", "id", "permalink", "sidebar", "slug", "tag",
     "tags"}
)  # fmt: skip
_TITLES = ("title", "name", "fullname", "label")
#: A person's ``name`` is the name of their file on many sites.
_NAMES = ("title", "fullname", "full_name", "display_name", *_TITLES[1:])
_UPDATES = ("updated", "last_modified_at", "lastmod")
_LOCALES = ("lang", "locale")
_ORDERS = ("nav_order", "order", "weight", "position")
_LANGUAGES = {"de", "en", "es", "fr", "it", "nl", "pt"}
_EXCERPT_LENGTH = 500


def ingest(file: SourceFile, site: Site, now: float) -> Ingested:
    """What a content file becomes. ``now`` (seconds since the epoch) decides what is still to come."""
    return made(steps(site, file, now))


def steps(site: Site, file: SourceFile, now: float) -> Steps[Ingested]:
    """The same, in steps."""
    kind = classify.kind(file.path, site)
    if kind is Kind.DATA:
        return data.read(file, site)
    if kind is Kind.REDIRECTS:
        return redirects.read(file, site)
    found = frontmatter.read(file)
    yield
    opened = _open(file, found, site, now)
    if isinstance(opened, Ingested):
        return opened
    yield
    rendered = yield from _rendered(opened)
    yield
    cleaned = yield from _cleaned(rendered)
    yield
    return _finished(rendered, cleaned)


def is_withheld(file: SourceFile) -> bool:
    """Whether a file that is served as it is (``notes.txt``) begins with front matter that says: not published.

    So it is with front matter that cannot be read and speaks of it. :func:`ingest` then tells what it is.
    """
    if not media.may_be_draft(file.path, file.content):
        return False
    found = frontmatter.read(file)
    return isinstance(found, Rejected) or (found is not None and frontmatter.unpublished(found.values, found).draft)


def _open(file: SourceFile, found: FrontMatter | Rejected | None, site: Site, now: float) -> _Opened | Ingested:
    if found is None:
        told = _plain_markdown(file)
        return Ingested(
            file.path, file.digest, diagnostics=_private(told) if classify.is_draft_folder(file.path) else told
        )
    if isinstance(found, Rejected):
        # It may be a draft: nobody can know.
        told = tuple(replace(problem, message=_discreet(problem.message)) for problem in found.diagnostics)
        return Ingested(file.path, file.digest, quarantined=True, diagnostics=told)
    read = reading.read(file, found, site)
    verdict = frontmatter.unpublished(read.values, found)
    problems = (*found.diagnostics, *read.diagnostics, *verdict.diagnostics(file.path))
    if verdict.draft or classify.is_draft_folder(file.path):
        return Ingested(file.path, file.digest, draft=Draft(file.path, file.digest), diagnostics=_private(problems))
    if read.date_unreadable and read.is_article:
        return Ingested(file.path, file.digest, quarantined=True, diagnostics=problems)
    due = read.moment.epoch if read.moment is not None else None
    if due is not None and due > now and not site.future:
        draft = Draft(file.path, file.digest, due)
        return Ingested(file.path, file.digest, draft=draft, diagnostics=_private(problems))
    return _opened(read, list(problems))


def _private(problems: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The problems of what is not published, without any of its words."""
    return tuple(replace(problem, private=True, message=_discreet(problem.message)) for problem in problems)


#: What messages about front matter quote of it: keys, tags, dates, names of aliases.
_QUOTED = re.compile(r"(?<=key )'.*'|(?<=tag )'.*'|(?<=date )(?:'.*'|\".*\")|'\*.+'(?= refers| stands)", re.DOTALL)


def _discreet(message: str) -> str:
    return _QUOTED.sub("'…'", message)


#: What every repository needs and no site publishes.
_OF_REPOSITORIES = {"CHANGELOG", "CODE_OF_CONDUCT", "LICENCE", "LICENSE", "SECURITY"}


def _plain_markdown(file: SourceFile) -> tuple[Diagnostic, ...]:
    name = file.path.rpartition("/")[2].partition(".")[0].upper()
    if media.extension(file.path) not in media.MARKDOWN or name in _OF_REPOSITORIES:
        return ()
    return (
        Diagnostic(
            "front-matter-missing",
            Severity.INFO,
            file.path,
            "The file has no front matter and is not served.",
            "Begin it with a line `---`, a `title: …` line and a line `---`.",
            line=1,
        ),
    )


# -- the document -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Opened:
    """A published document of which the front matter is read, and what is ``told`` of it, here and from here on."""

    read: Reading
    told: list[Diagnostic]
    terms: tuple[Term, ...]
    path: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class _Rendered:
    """Its ``text``, which is Markdown without Liquid, and what that is as HTML."""

    opened: _Opened
    text: str
    output: markdown.Rendered


def _opened(read: Reading, told: list[Diagnostic]) -> _Opened:
    terms = _terms(read, told)
    return _Opened(read, told, terms, _path(read, terms, told), _title(read))


def _rendered(opened: _Opened) -> Steps[_Rendered]:
    file, found = opened.read.file, opened.read.found
    text, removed = liquid.resolve(
        found.body,
        site=opened.read.site,
        path=file.path,
        title=opened.title or "",
        first_line=found.body_line,
        values=opened.read.values,
    )
    opened.told.extend(removed)
    return _Rendered(opened, text, (yield from _as_html(file, opened.read.site, text, found.body_line)))


def _cleaned(rendered: _Rendered) -> Steps[html.Cleaned]:
    opened, output = rendered.opened, rendered.output
    cleaned = yield from html.steps(output.html, _place(opened.read, opened.path), raw=output.raw)
    opened.told.extend(cleaned.diagnostics)
    if output.too_deep:
        opened.told.append(_too_deep(opened.read.file.path))
    opened.told.extend(_long_row(opened.read.file.path, line) for line in output.long_rows)
    return cleaned


def _finished(rendered: _Rendered, cleaned: html.Cleaned) -> Ingested:
    opened = rendered.opened
    read, path, told = opened.read, opened.path, opened.told
    values, file, site = read.values, read.file, read.site
    slug = _slug(read, path)
    body, image = _with_image(read, path, _body(read, cleaned), told)
    updated = _updated(read, told)
    phase = fields.phase(values, site.vocabulary) if read.type == "phase" else None
    document = Document(
        source=file.path,
        digest=file.digest,
        collection=read.membership.collection.name,
        type=read.type,
        id=fields.text(values.get("id")) or file.path,
        path=path,
        slug=slug,
        title=opened.title or _derived_title(read, body, path, slug, told),
        description=_plain(read, _summary(values)),
        excerpt=_plain(read, "excerpt") or _excerpt(rendered) or _shorten(cleaned.first_paragraph) or None,
        lang=_language(read, path),
        updated=updated.iso if updated is not None else None,
        updated_epoch=updated.epoch if updated is not None else None,
        date=read.moment.iso if read.moment is not None else None,
        epoch=read.moment.epoch if read.moment is not None else None,
        order=next((found for found in (fields.number(values.get(key)) for key in _ORDERS) if found is not None), None),
        hidden=fields.truth(values.get("hidden")),
        gone=fields.truth(values.get("gone")),
        layout=fields.text(values.get("layout")),
        subtitle=fields.text(values.get("subtitle")),
        sidebar=_sidebar(values.get("sidebar")),
        breadcrumbs=fields.crumbs(values.get("breadcrumbs")),
        image=image,
        license=fields.license_of(values.get("license"), site),
        terms=opened.terms,
        fields=_other(read),
        phase=phase,
        body=body,
        redirects=_redirects(read, path, told),
        statements=_statements(read, body, slug, phase),
        lines={key: line for key, line in read.found.lines.items() if key in _TOLD_LATER},
    )
    return Ingested(file.path, file.digest, document=document, diagnostics=tuple(told))


def _titles(read: Reading) -> tuple[str, ...]:
    return _NAMES if read.type == "author" else _TITLES


def _title(read: Reading) -> str | None:
    """The title on one line, its no-break spaces as written."""
    written = fields.first_text(read.values, *_titles(read))
    return " ".join(line.strip(" \t\r") for line in written.split("\n")) if written else None


def _with_image(read: Reading, path: str | None, body: Body, told: list[Diagnostic]) -> tuple[Body, Image | None]:
    """The picture of an article, and the body with a reference more, by which its address is found."""
    image = fields.image(read.values.get("image")) if read.is_article else None
    if image is None:
        return body, None
    line = read.line("image")
    if not html.is_safe(image.url):
        told.append(html.unsafe(read.file.path, image.url, line))
        return body, None
    found = html.reference(image.url, _place(read, path), kind="image", text=image.alt or "", line=line)
    if found is None:
        return body, image
    numbered = replace(image, reference=len(body.references))
    return replace(body, references=(*body.references, found)), numbered


def _terms(read: Reading, told: list[Diagnostic]) -> tuple[Term, ...]:
    if not read.is_article:
        return ()
    for kind in fields.PLURALS:
        for first, term in fields.clashing(read.values, kind):
            told.append(_term_conflict(read, first, term))
    categories = fields.terms(read.values, "category")
    folders = permalink.folder_categories(read.file.path, read.site.collections_dir)
    known = {term.slug for term in categories}
    above = tuple(
        Term("category", paths.term_slug(name), name) for name in folders if paths.term_slug(name) not in known | {""}
    )
    return (*fields.terms(read.values, "author"), *above, *categories, *fields.terms(read.values, "tag"))


def _term_conflict(read: Reading, first: Term, term: Term) -> Diagnostic:
    return Diagnostic(
        "term-conflict",
        Severity.WARNING,
        read.file.path,
        f"The {term.kind} {term.label!r} has the slug {term.slug!r}, and so has {first.label!r} before it; it is left out.",
        "Give it a name with another letter or digit (`cpp`), or name one of them only.",
        line=read.line(fields.PLURALS[term.kind], term.kind) or 1,
    )


def _path(read: Reading, terms: tuple[Term, ...], told: list[Diagnostic]) -> str | None:
    written = fields.text(read.values.get("permalink"))
    derived = permalink.derive(
        site=read.site,
        collection=read.membership.collection,
        source=read.file.path,
        relative=read.membership.relative,
        front_permalink=written,
        slug=fields.text(read.values.get("slug")),
        date=read.moment.iso if read.moment is not None else None,
        categories=[term.label for term in terms if term.kind == "category"],
    )
    if derived.problem is not None:
        told.append(
            Diagnostic(
                "permalink-invalid",
                Severity.ERROR,
                read.file.path,
                derived.problem,
                "Write a path of the site such as /approche/construction.",
                line=read.line("permalink") or 1,
            )
        )
    return derived.path


def _slug(read: Reading, path: str | None) -> str:
    if path is not None:
        return paths.last_segment(path)
    named = fields.text(read.values.get("slug"))
    if named:
        return paths.slugify(named, "pretty", cased=True) or named
    if read.post is not None:
        return read.post.slug
    name = read.file.path.rpartition("/")[2]
    known = media.extension(name) in media.MARKDOWN | media.HTML
    return name.rpartition(".")[0] if known else name


def _body(read: Reading, cleaned: html.Cleaned) -> Body:
    return Body(
        markdown=read.found.body,
        html=cleaned.html,
        text=cleaned.text,
        headings=cleaned.headings,
        sections=cleaned.sections,
        references=cleaned.references,
        anchors=cleaned.anchors,
    )


def _as_html(
    file: SourceFile, site: Site, text: str, line: int, definitions: Mapping[str, object] | None = None
) -> Steps[markdown.Rendered]:
    """Markdown rendered; HTML as it is, its tags with their lines."""
    if media.extension(file.path) in media.HTML:
        return markdown.Rendered(markdown.mark(text, line), too_deep=False, raw=True)
    dialect = Dialect.KRAMDOWN if site.jekyll else Dialect.COMMONMARK
    if site.markdown_in_html:
        dialect = Dialect.MARKDOWN_IN_HTML
    return (yield from markdown.steps(text, first_line=line, definitions=definitions, dialect=dialect))


def _place(read: Reading, path: str | None) -> html.Place:
    folder = f"/{read.file.path}".rpartition("/")[0] + "/"
    return html.Place(read.file.path, folder, path, read.site.base, read.site.iframe_hosts)


def _too_deep(path: str) -> Diagnostic:
    return Diagnostic(
        "nesting-too-deep",
        Severity.ERROR,
        path,
        f"Something is nested deeper than {markdown.MAX_NESTING} levels and could not be kept.",
        "Flatten the lists or quotations.",
    )


def _long_row(path: str, line: int) -> Diagnostic:
    return Diagnostic(
        "row-too-long",
        Severity.WARNING,
        path,
        "This row has more cells than the head of its table; what stands in the others is not shown.",
        "Give the head as many cells; or write a bar that parts no cells as `\\|`, in code too.",
        line=line,
    )


def _summary(values: Mapping[str, Json]) -> str | None:
    """The name under which the summary is written; ``lead: true`` is none."""
    return next((key for key in _SUMMARIES if values.get(key) is not True and fields.text(values.get(key))), None)


def _plain(read: Reading, key: str | None) -> str | None:
    """A text that front matter has; where it is HTML, as some sites print it, what that says."""
    written = fields.text(read.values.get(key or ""))
    if written is None or not _HTML.search(written):
        return written
    return html.clean(written, _place(read, None)).text.replace("\n", " ") or None


_HTML = re.compile(r"</[a-z][a-z0-9]*\s*>|<(?:br|hr|img)\b[^<>]*>", re.IGNORECASE)


def _excerpt(rendered: _Rendered) -> str:
    """What stands above the separator, if the text has one."""
    read = rendered.opened.read
    separator = fields.text(read.values.get("excerpt_separator")) or read.site.excerpt_separator or "<!--more-->"
    above, found, _ = rendered.text.partition(separator)
    if not found or not above.strip():
        return ""
    # The links that it names may be defined below.
    output = made(_as_html(read.file, read.site, _FOOTNOTE.sub("", above), 1, rendered.output.definitions))
    return html.clean(output.html, _place(read, None), raw=output.raw).text.replace("\n", " ")


#: The mark of a footnote, whose text may stand below the separator.
_FOOTNOTE = re.compile(r"(?<!\\)\[\^[^\]\s]{1,80}\](?!:)")


def _shorten(text: str) -> str:
    """The first paragraph, not all of a long one."""
    if len(text) <= _EXCERPT_LENGTH:
        return text
    # A text without spaces is cut where it is too long.
    whole, blank, _ = text[:_EXCERPT_LENGTH].rpartition(" ")
    return (whole if blank else text[: _EXCERPT_LENGTH - 1]).rstrip(" ,;:–—-") + "…"


def _derived_title(read: Reading, body: Body, path: str | None, slug: str, told: list[Diagnostic]) -> str:
    heading = next((heading.text for heading in body.headings if heading.level == 1 and heading.text), None)
    if heading is not None:
        return heading
    if path == "/" and read.site.title:
        return read.site.title
    told.append(
        Diagnostic(
            "title-missing",
            Severity.WARNING,
            read.file.path,
            "The document has no title; the last part of its address stands in.",
            "Add a `title: …` line to its front matter.",
            line=1,
        )
    )
    return re.sub(r"[-_]+", " ", slug).strip().capitalize() or read.file.path


def _language(read: Reading, path: str | None) -> str:
    named = fields.first_text(read.values, "lang", "locale")
    if named:
        return named.replace("_", "-")
    first = (path or "").split("/")[1:2]
    return first[0] if first and first[0] in _LANGUAGES else read.site.lang


def _updated(read: Reading, told: list[Diagnostic]) -> dates.Moment | None:
    written = fields.first_text(read.values, "updated", "last_modified_at", "lastmod")
    if written is None:
        return None
    moment = dates.parse(written, dates.zone(read.site.timezone))
    if moment is None:
        told.append(
            replace(
                reading.date_diagnostic(read.file.path, written, read.line("updated", "last_modified_at", "lastmod")),
                severity=Severity.WARNING,
                message=f"The date of the update {written!r} is no date; it is left out.",
            )
        )
    return moment


def _sidebar(value: Json) -> str | None:
    """The name of the menu beside a page: a text, or in a mapping, which is how some themes have it, its ``nav``."""
    named = fields.first_text(value, "nav", "menu", "name") if isinstance(value, dict) else fields.text(value)
    return re.sub(r"\.html?$", "", named) if named and named not in {"true", "false"} else None


def _other(read: Reading) -> dict[str, Json]:
    """The front matter that the resource does not show."""
    values = read.values
    shown = {_summary(values), *(_first_key(values, keys) for keys in (_titles(read), _LOCALES, _UPDATES))}
    shown |= _COMMON | _OWN.get(read.type, frozenset())
    if read.moment is not None and read.type != "page":
        shown.add("date")
    if isinstance(values.get("sidebar"), list | dict) and _sidebar(values["sidebar"]) is None:
        shown.discard("sidebar")
    return {
        key: fields.normalise(value)
        for key, value in values.items()
        if key not in shown and not frontmatter.is_of_drafts(key)
    }


def _first_key(values: Mapping[str, Json], keys: tuple[str, ...]) -> str | None:
    return next((key for key in keys if fields.text(values.get(key))), None)


def _redirects(read: Reading, path: str | None, told: list[Diagnostic]) -> tuple[Redirect, ...]:
    source, values = read.file.path, read.values
    found = []
    for written in fields.texts(values.get("redirect_from")):
        origin = paths.publish(written)
        if origin is None or path is None:
            told.append(_redirect_diagnostic(source, written, read.line("redirect_from"), path))
        else:
            found.append(Redirect(origin, path, 301, source, read.line("redirect_from")))
    for written in fields.texts(values.get("redirect_to"))[:1]:
        target = _redirect_target(written)
        if target is None or path is None:
            told.append(_redirect_diagnostic(source, written, read.line("redirect_to"), path))
        else:
            found.append(Redirect(path, target, 301, source, read.line("redirect_to")))
    if fields.truth(values.get("gone")) and path is not None:
        found.append(Redirect(path, None, 410, source, read.line("gone")))
    return tuple(found)


def _redirect_target(written: str) -> str | None:
    """Where ``redirect_to`` leads: an address of the web, or a path of the site, which may lack its first slash."""
    url = paths.split_url(written)
    if url.scheme not in {None, "http", "https"} or url.path is None or (url.host is None and not url.path):
        return None
    return written if url.host is not None or url.path.startswith("/") else f"/{written}"


def _redirect_diagnostic(source: str, written: str, line: int | None, path: str | None) -> Diagnostic:
    why = f"{written!r} is no path of the site" if path is not None else "the document has no address to lead to"
    return Diagnostic(
        "redirect-invalid",
        Severity.WARNING,
        source,
        f"The redirect from {written!r} is left out: {why}.",
        "Write an old path of the site such as /ancienne-page.",
        line=line,
    )


def _statements(read: Reading, body: Body, slug: str, phase: PhaseFields | None) -> tuple[Statement, ...]:
    vocabulary = read.site.vocabulary
    word = vocabulary.find(slug.lower())
    own = word.slug if word is not None and (phase is not None or read.type == "page") else None
    # Few documents name a duration, and none of the others says anything of a phase: their HTML needs no second reading.
    if not body.text or not durations.find(body.text, vocabulary):
        return ()
    found = statements.extract(body.html, body.references, vocabulary, own=own)
    return tuple(one if one.line is not None else replace(one, line=_line_of(one, read.found)) for one in found)


def _line_of(statement: Statement, found: FrontMatter) -> int | None:
    """The line of a statement that holds no link to tell it: the only one with the words of its duration."""
    words = " ".join(statement.duration.text.split())
    lines = [number for number, line in enumerate(found.body.split("\n")) if words in " ".join(line.split())]
    return found.body_line + lines[0] if len(lines) == 1 else None
