-- The index: what is known of a content folder, in rows that a reader takes as they are.
-- A row belongs to the source file it came from and goes with it (ON DELETE CASCADE).

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Every file that was found. size, mtime, ctime and inode tell whether it must be read again; digest whether it changed.
CREATE TABLE source_file (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    ctime INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    digest TEXT NOT NULL,       -- of the bytes last read
    state TEXT NOT NULL,        -- document, draft, quarantined, data, redirects, asset, other
    served TEXT,                -- digest of the version that is served: the last good one
    due REAL                    -- seconds since the epoch, of a scheduled document
) WITHOUT ROWID;

CREATE INDEX source_file_due ON source_file (due) WHERE due IS NOT NULL;

-- One published document. Drafts and scheduled documents have no row: what is not here cannot be served.
CREATE TABLE document (
    rowid INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    collection TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    path TEXT,                  -- as published, decoded, NFC
    key TEXT,                   -- the address key under which all spellings of the path meet
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    excerpt TEXT,
    lang TEXT NOT NULL,
    updated TEXT,
    updated_epoch REAL NOT NULL, -- as epoch is of date
    date TEXT,
    epoch REAL NOT NULL,        -- of date, for ordering; -1e18 without one
    position REAL NOT NULL,     -- the editors' own order; 1e18 without one
    tie TEXT NOT NULL,          -- path and source: the order by path, and what settles every other order
    title_key TEXT NOT NULL,    -- French collation key of the title
    describes TEXT,             -- the author, tag or category it is about: kind/slug
    hidden INTEGER NOT NULL,
    redirected INTEGER NOT NULL, -- gone, or redirect_to: its address answers, the document does not
    served INTEGER NOT NULL DEFAULT 0,   -- owns its path
    named INTEGER NOT NULL DEFAULT 0,    -- owns its slug among its collection
    parent TEXT,                -- key of the nearest page above
    data TEXT NOT NULL          -- JSON: what is shown and never asked for by value
);

CREATE INDEX document_key ON document (key);
CREATE INDEX document_slug ON document (collection, slug);
CREATE INDEX document_id ON document (id);
CREATE INDEX document_describes ON document (describes) WHERE describes IS NOT NULL;
CREATE INDEX document_year ON document (substr(date, 1, 4));
CREATE INDEX document_layout ON document (json_extract(data, '$.layout'));
-- What lists are read from, in their orders. A query that says `served AND NOT hidden` can use them; those that hold the two
-- as columns too can count a list by themselves.
CREATE INDEX listed_by_path ON document (collection, tie, served, hidden) WHERE served AND NOT hidden;
CREATE INDEX listed_by_date ON document (collection, epoch DESC, tie) WHERE served AND NOT hidden;
CREATE INDEX listed_by_title ON document (collection, title_key, tie, served, hidden) WHERE served AND NOT hidden;
CREATE INDEX listed_by_source ON document (collection, source) WHERE served AND NOT hidden;
CREATE INDEX listed_by_type ON document (type, epoch DESC, tie, served, hidden) WHERE served AND NOT hidden;
CREATE INDEX listed_in_tree ON document (parent, position, title_key, tie, type, served, hidden)
    WHERE type = 'page' AND served AND NOT hidden;

CREATE TABLE body (
    document INTEGER PRIMARY KEY REFERENCES document (rowid) ON DELETE CASCADE,
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,         -- references stand in it by number
    sections TEXT NOT NULL,     -- JSON: all headings, and all text
    anchors TEXT NOT NULL       -- JSON
);

-- What documents are found by (docs/adr/0016): stems in their order, without the text they were made of. A row has the
-- number of its document. `spelling` holds the words of a document as they are spelled, to correct others by.
CREATE VIRTUAL TABLE search USING fts5 (
    title, heading, body, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0"
);
CREATE VIRTUAL TABLE spelling USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = "unicode61 remove_diacritics 0"
);
CREATE VIRTUAL TABLE stem USING fts5vocab (search, row);
CREATE VIRTUAL TABLE word USING fts5vocab (spelling, row);

CREATE TRIGGER document_found AFTER DELETE ON document BEGIN
    DELETE FROM search WHERE rowid = old.rowid;
    DELETE FROM spelling WHERE rowid = old.rowid;
END;

CREATE TABLE reference (
    document INTEGER NOT NULL REFERENCES document (rowid) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,         -- link, image
    url TEXT NOT NULL,
    host TEXT,
    key TEXT,
    source TEXT,                -- the source file it names, if it names one
    suffix TEXT NOT NULL,
    text TEXT NOT NULL,
    line INTEGER,
    PRIMARY KEY (document, ordinal)
) WITHOUT ROWID;

CREATE INDEX reference_key ON reference (key);
CREATE INDEX reference_source ON reference (source) WHERE source IS NOT NULL;
CREATE INDEX reference_host ON reference (host, key) WHERE host IS NOT NULL;

CREATE TABLE term (
    document INTEGER NOT NULL REFERENCES document (rowid) ON DELETE CASCADE,
    kind TEXT NOT NULL,         -- author, tag, category
    ordinal INTEGER NOT NULL,
    slug TEXT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (document, kind, ordinal)
) WITHOUT ROWID;

CREATE INDEX term_slug ON term (kind, slug, document);

-- The leaves of front matter, for filters: `phases.name` of a list of mappings has a row for each.
CREATE TABLE value (
    document INTEGER NOT NULL REFERENCES document (rowid) ON DELETE CASCADE,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    number REAL,
    sort TEXT NOT NULL          -- collation key
);

CREATE INDEX value_document ON value (document, name, sort);
CREATE INDEX value_text ON value (name, text, document);
CREATE INDEX value_number ON value (name, number, document) WHERE number IS NOT NULL;

-- Where the breadcrumbs lead that the editors wrote, as address keys.
CREATE TABLE crumb (
    document INTEGER NOT NULL REFERENCES document (rowid) ON DELETE CASCADE,
    key TEXT NOT NULL
);

CREATE INDEX crumb_document ON crumb (document);
CREATE INDEX crumb_key ON crumb (key);

CREATE TABLE statement (
    document INTEGER NOT NULL REFERENCES document (rowid) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    phase TEXT NOT NULL,
    overview INTEGER,           -- number of the list it is an item of
    items INTEGER NOT NULL,     -- length of that list
    host TEXT,
    data TEXT NOT NULL,         -- JSON
    PRIMARY KEY (document, ordinal)
) WITHOUT ROWID;

CREATE INDEX statement_phase ON statement (phase);

CREATE TABLE redirect (
    source TEXT NOT NULL REFERENCES source_file (path) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    line INTEGER,
    origin TEXT NOT NULL,
    key TEXT,                   -- NULL when the origin is a pattern
    target TEXT,
    host TEXT,                  -- of the target, NULL on the site itself
    leads_to TEXT,              -- address key of the target
    status INTEGER NOT NULL,
    PRIMARY KEY (source, ordinal)
) WITHOUT ROWID;

CREATE INDEX redirect_key ON redirect (key);
CREATE INDEX redirect_leads_to ON redirect (leads_to);

CREATE TABLE menu (
    source TEXT NOT NULL REFERENCES source_file (path) ON DELETE CASCADE,
    name TEXT NOT NULL,
    entries TEXT NOT NULL,      -- JSON
    PRIMARY KEY (name, source)
) WITHOUT ROWID;

CREATE TABLE asset (
    path TEXT PRIMARY KEY REFERENCES source_file (path) ON DELETE CASCADE,
    key TEXT NOT NULL,
    media TEXT NOT NULL,
    width INTEGER,
    height INTEGER
) WITHOUT ROWID;

CREATE INDEX asset_key ON asset (key);

CREATE TABLE diagnostic (
    source TEXT NOT NULL,
    scope TEXT NOT NULL,        -- name: told by the walk over the folder; text: by ingest
    ordinal INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    line INTEGER,
    column INTEGER,
    message TEXT NOT NULL,
    hint TEXT NOT NULL,
    related TEXT NOT NULL,      -- JSON
    private INTEGER NOT NULL,
    PRIMARY KEY (source, scope, ordinal)
) WITHOUT ROWID;

-- What each sync reached (index/reach.py): JSON, the kind and slug of documents; NULL is everything. A number is given once.
CREATE TABLE reached (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT
);

-- What was served since this index was made (docs/adr/0023): each revision, when it was first served (seconds since the
-- epoch), and what changed with it. These rows belong to no file: they outlive what they tell of.
CREATE TABLE sync (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    revision TEXT NOT NULL,
    seen REAL NOT NULL
);

CREATE INDEX sync_revision ON sync (revision);

-- The last change of each document that had one. What is listed now is told by `document`; of what is not, no more is kept
-- than what it was called: it may be a draft now.
CREATE TABLE change (
    source TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL,
    added INTEGER NOT NULL,     -- the sync with which it came; 0 when that was the first
    gone INTEGER NOT NULL,      -- the one with which it went; 0 while it is listed
    id TEXT NOT NULL,
    collection TEXT NOT NULL,
    type TEXT NOT NULL,
    path TEXT
) WITHOUT ROWID;

CREATE INDEX change_sequence ON change (sequence, source);

-- What a document was called before a sync that moved it.
CREATE TABLE moved (
    source TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    origin TEXT NOT NULL,       -- its source file until then
    id TEXT NOT NULL,
    path TEXT,
    collection TEXT NOT NULL,
    PRIMARY KEY (source, sequence)
) WITHOUT ROWID;

CREATE INDEX moved_origin ON moved (origin);

-- How telling each index is: of so many rows, how many share its first column, its first two, and so on. SQLite would have to
-- guess, or to be told by ANALYZE at some good moment; but what is telling here is the same in every folder.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('document', 'sqlite_autoindex_document_1', '100000 1'),
    ('document', 'document_key', '100000 1'),
    ('document', 'document_slug', '100000 20000 1'),
    ('document', 'document_id', '100000 1'),
    ('document', 'document_describes', '1000 1'),
    ('document', 'document_layout', '100000 5000'),
    ('document', 'document_year', '100000 5000'),
    ('document', 'listed_by_path', '100000 20000 1 1 1'),
    ('document', 'listed_by_date', '100000 20000 20 1'),
    ('document', 'listed_by_title', '100000 20000 2 1 1 1'),
    ('document', 'listed_by_source', '100000 20000 1'),
    ('document', 'listed_by_type', '100000 20000 20 1 1 1'),
    ('document', 'listed_in_tree', '100000 10 10 2 1 1 1 1'),
    ('reference', 'reference', '1000000 10 1'),
    ('reference', 'reference_key', '1000000 10'),
    ('reference', 'reference_source', '500000 10'),
    ('reference', 'reference_host', '200000 200 2'),
    ('term', 'term', '300000 3 2 1'),
    ('term', 'term_slug', '300000 100000 100 1'),
    ('value', 'value_document', '1000000 10 1 1'),
    ('value', 'value_number', '200000 5000 100 1'),
    ('value', 'value_text', '1000000 10000 100 1'),
    ('crumb', 'crumb_document', '100000 3'),
    ('crumb', 'crumb_key', '100000 10'),
    ('change', 'change_sequence', '100000 10 1'),
    ('sync', 'sync_revision', '10000 1'),
    ('moved', 'moved', '1000 2 1'),
    ('moved', 'moved_origin', '1000 2'),
    ('statement', 'statement', '1000 5 1'),
    ('statement', 'statement_phase', '1000 100'),
    ('asset', 'asset', '10000 1'),
    ('asset', 'asset_key', '10000 1'),
    ('redirect', 'redirect', '10000 2 1'),
    ('redirect', 'redirect_key', '10000 1'),
    ('redirect', 'redirect_leads_to', '10000 2');
