/* <content-embed>: MIT licence; no cookie, no tracking. See docs/embeds.md. */
(() => {
  const base = document.currentScript.src.replace(/\/embed[^/]*$/, "");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    ":host{display:block;overflow-wrap:anywhere;line-height:1.5}*{box-sizing:border-box}" +
      "h1,h2,h3,h4,h5,h6,p,ul,ol,dl,dd,figure,pre{margin:0;padding:0;line-height:1.25}p,li,dd,dt,pre{line-height:1.5}" +
      ".ce-title{font-size:1.375em}.ce-eyebrow,small,dt,footer{font-size:.875em}.ce-lead{margin-top:.5em}" +
      ".ce-facts,.ce-figure,.ce-steps,footer{margin-top:1em}ul,ol{padding-left:1.375em}li+li{margin-top:.25em}" +
      ".ce-facts>div{padding:.625em 0;border-top:1px solid;border-color:color-mix(in srgb,currentColor 20%,transparent)}" +
      ".ce-body :is(p,ul,ol,dl,pre,table,figure,blockquote){margin-top:.75em}.ce-body :is(li,dd)>*{margin-top:.25em}" +
      ".ce-body :is(h1,h2,h3,h4,h5,h6){font-size:1.125em;margin-top:1.25em}pre{white-space:pre-wrap}" +
      "blockquote{margin:0;padding-left:1em;border-left:3px solid}img{max-width:100%;height:auto}a{color:inherit}" +
      "footer{padding-top:.75em;border-top:1px solid;border-color:color-mix(in srgb,currentColor 20%,transparent)}",
  );
  const kinds = ["phase", "page", "article"];
  const options = ["section", "show", "lang", "heading-level", "links", "images", "attribution"];

  class ContentEmbed extends HTMLElement {
    static observedAttributes = ["phases", ...kinds, ...options, "theme"];
    #asked;

    connectedCallback() {
      this.#reserve();
      this.#load();
    }

    disconnectedCallback() {
      this.#asked?.abort();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.#load();
    }

    get #address() {
      const kind = kinds.find((one) => this.hasAttribute(one));
      if (!kind) return this.hasAttribute("phases") ? "phases" : "";
      const name = this.getAttribute(kind).replace(/^\/+|\/+$/g, "") || "index";
      return `${kind}s/${name.split("/").map((one) => encodeURIComponent(decodeURIComponent(one))).join("/")}`;
    }

    #reserve() {
      this.style.display = "block";
      const [w, h, wide, low] = (this.getAttribute("room")?.match(/\d+/g) ?? []).map(Number);
      const width = this.clientWidth;
      if (!low || !width || this.shadowRoot) return;
      this.style.minHeight = `${Math.ceil(h + ((h - low) / (1 / w - 1 / wide)) * (1 / width - 1 / w))}px`;
      addEventListener("resize", () => (this.style.minHeight = ""), { once: true });
    }

    #load() {
      const address = this.#address;
      if (!address) return;
      const query = new URLSearchParams({ fragment: true });
      for (const one of options) if (this.hasAttribute(one)) query.set(one.replace("-", "_"), this.getAttribute(one));
      const url = `${base}/embed/${address}.html?${query}`;
      const bare = this.getAttribute("theme") === "none";
      if (this.#asked?.responseURL === url && this.shadowRoot) return;
      this.#asked?.abort();
      const ask = (this.#asked = new XMLHttpRequest());
      ask.open("GET", url);
      ask.responseType = "document";
      ask.onload = () => {
        const article = ask.status === 200 && ask.response?.querySelector("article");
        if (!article) return;
        article.part = "root";
        for (const one of article.querySelectorAll("[class^=ce-]")) one.part = one.className.slice(3);
        const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
        root.adoptedStyleSheets = bare ? [] : [sheet];
        root.replaceChildren(article);
        article.onclick = (event) => {
          const { hash } = event.target.closest('a[href^="#"]') ?? {};
          if (hash) event.preventDefault();
          root.getElementById(decodeURIComponent(hash?.slice(1)))?.scrollIntoView();
        };
        this.dispatchEvent(new Event("load"));
      };
      ask.onloadend = () => this.shadowRoot || (this.style.minHeight = "");
      ask.send();
    }
  }

  const { origin } = new URL(base);
  addEventListener("message", ({ source, origin: from, data }) => {
    const high = data?.contentEmbed;
    if (!Number.isInteger(high) || high < 20 || high > 30000) return;
    for (const frame of document.querySelectorAll("content-embed iframe")) {
      if (frame.contentWindow !== source || !frame.src.startsWith(`${base}/embed/`)) continue;
      if (from === origin || (from === "null" && frame.hasAttribute("sandbox"))) frame.height = high;
    }
  });

  customElements.get("content-embed") ?? customElements.define("content-embed", ContentEmbed);
})();
