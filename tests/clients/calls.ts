// Calls a running service through the types that openapi-typescript made of its description.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];
/** Of an answer the form that nothing was left out of: the one in which `id` is always there. */
type Full<T> = Extract<T, { id: string }>;

const client = createClient<paths, `application/${string}`>({ baseUrl: process.argv[2] ?? "http://127.0.0.1:8000" });

function full<T extends object>(value: T | undefined): Full<T> {
  assert(value !== undefined && "id" in value);
  return value as Full<T>;
}

// A whole resource: every key is there, without a question mark.
const one = await client.GET("/v1/phases/{slug}", { params: { path: { slug: "construction" } } });
const phase: Schemas["Phase"] = full(one.data);
const next: string | undefined = phase.next?.title;
assert.equal(phase.title, "Construction");
assert.equal(phase.kind satisfies "journey" | "status" | "exit", "journey");
assert.equal(phase.duration?.min, "P12M");
assert.equal(next, "Accélération");
assert.equal(phase.page?.title, "Construction"); // a card, or one without values: either can be read
assert.equal(phase.text, undefined); // what must be asked for is absent until asked

// Only some keys: what was not named may be missing, and the type says so.
const some = await client.GET("/v1/articles", { params: { query: { fields: ["title", "date"], sort: ["-date"], limit: 2 } } });
assert(some.data);
for (const article of some.data.items) {
  const title: string | undefined = article.title;
  assert(title);
  assert.deepEqual(Object.keys(article), ["type", "title", "links", "date"]);
}
assert.equal(some.data.meta.total, 5);
assert(some.data.links.next);

// A list of whole resources, and more of each.
const listed = await client.GET("/v1/articles", { params: { query: { include: ["authors", "html"], "date__gte": "2024-01-01" } } });
for (const item of listed.data?.items ?? []) {
  const article: Schemas["ArticleItem"] = full(item);
  assert(article.html?.includes("<p>"));
  for (const author of article.authors) {
    if ("count" in author) assert(author.count > 0);
    else assert.fail("a card where the author was asked for");
  }
}

// A path with slashes is one parameter: the service leads from its encoded form to the canonical one.
const page = await client.GET("/v1/pages/{path}", { params: { path: { path: "approche/construction" } } });
assert.deepEqual(full(page.data).breadcrumbs.map((crumb) => crumb.title), ["Accueil", "Le programme", "Construction"]);

// Menus by name, a path that moved, a problem.
const menu = await client.GET("/v1/navigation/{menu}", { params: { path: { menu: "nav" }, query: { current: "/approche/" } } });
assert(menu.data?.items.some((item) => item.active || item.in_trail));
const moved = await client.GET("/v1/resolve", { params: { query: { path: "/postuler" } } });
assert.equal(moved.data?.status, "moved");
assert.equal(moved.data?.resource?.type, "page");
const wrong = await client.GET("/v1/phases/{slug}", { params: { path: { slug: "nowhere" as "construction" } } });
assert.equal(wrong.error?.status, 404);
// @ts-expect-error a key that no phase has
await client.GET("/v1/phases", { params: { query: { fields: ["titel"] } } });
// @ts-expect-error a filter that no article has
await client.GET("/v1/articles", { params: { query: { colour: "red" } } });

