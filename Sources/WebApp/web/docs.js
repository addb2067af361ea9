// Shows the description of the interface (OpenAPI) as a page.

import { find, make } from "./dom.js";
import { at } from "./place.js";

const description = await (await fetch(at("/api/v1/openapi.json"))).json();

const resolve = (schema) => (schema?.$ref ? description.components.schemas[schema.$ref.split("/").pop()] : schema);

/** A schema in a few words: "integer, 1 to 50". */
function words(schema) {
  if (!schema) return "";
  if (schema.$ref) return make("a", { href: `#${schema.$ref.split("/").pop()}` }, schema.$ref.split("/").pop());
  if (schema.oneOf) return make("span", {}, ...schema.oneOf.flatMap((one, i) => (i ? [" or ", words(one)] : [words(one)])));
  const type = [schema.type].flat().filter(Boolean).join(" or ") || (schema.const ? "" : "any");
  if (schema.type === "array") return make("span", {}, "list of ", words(schema.items));
  const parts = [type];
  if (schema.enum) parts.splice(0, 1, schema.enum.join(" | "));
  if (schema.const !== undefined) parts.push(JSON.stringify(schema.const));
  if (schema.minimum !== undefined && schema.maximum !== undefined) parts.push(`${schema.minimum} to ${schema.maximum}`);
  else if (schema.minimum !== undefined) parts.push(`from ${schema.minimum}`);
  if (schema.default !== undefined) parts.push(`default ${schema.default}`);
  return make("span", {}, parts.filter(Boolean).join(", "));
}

function table(heads, rows) {
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows.map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell ?? ""))))));
}

function fields(schema) {
  const all = Object.entries(resolve(schema)?.properties ?? {});
  const needed = resolve(schema)?.required ?? [];
  return table(["field", "type", ""], all.map(([name, part]) => [
    make("code", {}, name), words(part), [needed.includes(name) ? "" : "may be missing", part.description].filter(Boolean).join("; "),
  ]));
}

function bodies(content) {
  return Object.entries(content ?? {}).map(([type, { schema }]) => make("p", {}, make("code", {}, type), " ", words(schema)));
}

function operation(path, method, { operationId, summary, description: text, parameters = [], requestBody, responses }) {
  const inside = make("div", { class: "inside" });
  if (text) inside.append(make("p", {}, text));
  if (parameters.length) {
    inside.append(make("h3", {}, "Parameters"), table(["name", "where", "type", ""], parameters.map((one) => [
      make("code", {}, one.name), one.in, words(one.schema), one.description])));
  }
  if (requestBody) {
    inside.append(make("h3", {}, "Body"), ...bodies(requestBody.content));
    const inline = requestBody.content["application/json"]?.schema;
    if (inline?.properties) inside.append(fields(inline));
  }
  inside.append(make("h3", {}, "Answers"), table(["status", "", "type"], Object.entries(responses).map(([status, one]) => [
    make("code", {}, status), one.description, make("span", {}, ...Object.entries(one.content ?? {}).flatMap(([type, { schema }]) => [make("code", {}, type), " ", words(schema)]))])));
  const good = responses["200"] ?? responses["201"];
  const shown = good?.content?.["application/json"]?.schema;
  if (shown?.properties) inside.append(make("h3", {}, "Fields of the answer"), fields(shown));
  return make("details", { class: "card", id: operationId },
    make("summary", {}, make("span", { class: `method ${method}` }, method.toUpperCase()), make("code", {}, path), make("span", {}, summary)), inside);
}

const content = find("content");
for (const { name, description: text } of description.tags) {
  content.append(make("h2", {}, name[0].toUpperCase() + name.slice(1)), make("p", {}, text));
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, one] of Object.entries(methods)) {
      if (one.tags.includes(name)) content.append(operation(path, method, one));
    }
  }
}

content.append(make("h2", {}, "Types"));
for (const [name, schema] of Object.entries(description.components.schemas)) {
  const inside = make("div", { class: "inside" });
  if (schema.description) inside.append(make("p", {}, schema.description));
  inside.append(schema.properties ? fields(schema) : make("p", {}, words(schema)));
  if (schema.examples) inside.append(make("h3", {}, "Example"), make("pre", { tabindex: "0" }, JSON.stringify(schema.examples[0], null, 2)));
  content.append(make("details", { class: "card", id: name }, make("summary", {}, make("code", {}, name)), inside));
}

/** What `type` in problem details means; the server links here. */
const PROBLEMS = {
  "bad-request": "400: something in the request is missing, misspelt or out of range.",
  "bad-picture": "422: the picture is damaged, of a kind that is not read, or has too many pixels.",
  unauthorized: "401: send the server's token as 'Authorization: Bearer TOKEN'.",
  "cross-site": "403: a page of another site made the request.",
  "forbidden-host": "421: the server does not answer to the name in the Host header; its owner can allow it.",
  "not-found": "404: there is no such address, song or session.",
  "not-live": "404: no camera is connected to this server.",
  "file-forbidden": "403: the file may not be read, lies outside the imported folder, or the server keeps its music to itself.",
  "file-changed": "409: the file has changed since it was imported, or is none any more.",
  "file-gone": "410: the file is no longer where it was imported.",
  "song-gone": "410: the owner's music server has the song or its picture no more.",
  "music-server-gone": "502: the owner's music server cannot be reached.",
  "music-server-refuses": "502: the owner's music server does not accept the credentials that this server has.",
  "music-server-failed": "502: the owner's music server does not give the song in a form that can be used.",
  "method-not-allowed": "405: see the header Allow.",
  "too-slow": "408: the body did not come in time.",
  "too-large": "413: the body is larger than is read.",
  "unsupported-type": "415: the media type is not read here.",
  "unsupported-encoding": "501: bodies are read as they are, with their length or in chunks.",
  "too-many-requests": "429: one client asked too often or has too many sessions; see the header Retry-After.",
  overloaded: "503: all places are taken; see the header Retry-After.",
  "shutting-down": "503: the server is about to end.",
  catalogue: "500: the catalogue of songs cannot be used.",
  failed: "500: the server failed.",
};
content.append(make("h2", {}, "Problems"), make("p", {}, "Errors are JSON objects with type, title, status and detail (RFC 9457). Types are:"));
for (const [kind, text] of Object.entries(PROBLEMS)) {
  content.append(make("p", { id: kind }, make("code", {}, `/api/docs#${kind}`), " ", text));
}

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
}
addEventListener("hashchange", open);
open();
