// Makes the forms of the reference work. Without it everything can still be read.
"use strict";

const MOST = 200_000; // characters of an answer that are shown
const PATIENCE = 10_000; // milliseconds; an answer without end is shown as far as it came
const main = document.querySelector("main");

function make(name, text, properties) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return Object.assign(made, properties);
}

function address(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-place]")) {
    if (field.dataset.place === "path") {
      const written = encodeURIComponent(field.value);
      path = path.replace(`{${field.name}}`, "whole" in field.dataset ? written.replaceAll("%2F", "/") : written);
    } else if (field.value !== "") {
      query.append(field.name, field.value);
    }
  }
  const filter = form.querySelector("[data-filter]");
  if (filter?.value) query.append(filter.value, form.querySelector(".filter input").value);
  const written = query.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  return path + (written && `?${written}`);
}

function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

// Reads until the end, until it is enough, or until it has taken too long; says which.
async function read(response, stop) {
  if (!response.body) return ["", true];
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return [text, true];
      text += value;
      if (text.length > MOST) break;
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  stop.abort();
  return [text.slice(0, MOST), false];
}

function laidOut(text, type) {
  if (!/[/+]json\b/.test(type)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function block(title, text, scrolls) {
  const figure = make("figure");
  const pre = make("pre");
  pre.append(make("code", text));
  if (scrolls) {
    // What scrolls must be reached by keyboard, and then says what it is.
    figure.className = "long";
    Object.assign(pre, { tabIndex: 0, role: "region", ariaLabel: `${title}: ${scrolls}` });
  }
  figure.append(make("figcaption", title), pre);
  return figure;
}

async function send(form) {
  const result = form.querySelector(".result");
  const target = address(form);
  const accept = form.querySelector("[data-accept]")?.value;
  const full = main.dataset.origin + target;
  const curl = `curl ${accept ? `-H ${quoted(`Accept: ${accept}`)} ` : ""}${quoted(full)}`;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  const started = performance.now();
  result.replaceChildren(make("p", "Asking …"));
  try {
    const headers = accept ? { Accept: accept } : {};
    const response = await fetch(main.dataset.api + target, { headers, signal: stop.signal, cache: "no-cache" });
    const [text, whole] = await read(response, stop);
    const took = Math.round(performance.now() - started);
    const status = make("p", undefined, { className: response.ok ? "status good" : "status bad" });
    status.append(make("strong", `${response.status} ${response.statusText}`.trim()), ` in ${took} ms`);
    const fields = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    const type = response.headers.get("content-type") ?? "";
    const body = whole ? laidOut(text, type) : `${text}\n… not shown further`;
    const shown = block("Body", body || "(empty)", form.dataset.summary);
    result.replaceChildren(status, block("Asked", curl), shown, block("Headers", fields));
  } catch (error) {
    const told = stop.signal.aborted ? "No answer within 10 seconds." : `No answer: ${error.message}`;
    result.replaceChildren(make("p", told, { className: "status bad" }), block("Asked", curl));
  } finally {
    clearTimeout(timer);
  }
}

for (const form of document.querySelectorAll("form[data-path]")) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.reportValidity()) send(form);
  });
}
