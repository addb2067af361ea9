// The words of the page. Each language is one file in texts/; its name for itself is "_name".

let words = {};
let fallback = {};
let plural = new Intl.PluralRules("en");
export let language = "en";

async function read(code) {
  const answer = await fetch(new URL(`texts/${code}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`no texts for ${code}`);
  return answer.json();
}

/** The first of the browser's languages that there are texts for. */
export function preferred(available, wished) {
  for (const tag of [wished, ...navigator.languages]) {
    const code = (tag ?? "").toLowerCase().split("-")[0];
    if (available.includes(code)) return code;
  }
  return "en";
}

/** Reads a language's texts; what they lack is English. */
export async function speak(code) {
  fallback = Object.keys(fallback).length ? fallback : await read("en");
  words = code === "en" ? fallback : await read(code).catch(() => fallback);
  language = code;
  plural = new Intl.PluralRules(code);
  document.documentElement.lang = code;
  document.documentElement.dir = words._direction ?? "ltr";
  translate(document);
}

/** A text with its values put in: t("seconds", { n: 5 }). What is said differently of one has its text at "seconds.one". */
export function t(key, values = {}) {
  const single = `${key}.one`;
  if (has(single) && plural.select(values.n) === "one") key = single;
  const text = words[key] ?? fallback[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const has = (key) => key in words || key in fallback;

/** Puts a text into an element, in whichever language the page speaks from now on; none without a key. */
export function put(node, key) {
  if (key) node.dataset.t = key;
  else delete node.dataset.t;
  node.textContent = key ? t(key) : "";
}

/** Puts texts into what is marked with data-t, data-t-label, data-t-placeholder or data-t-alt. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const [mark, attribute] of [["tLabel", "aria-label"], ["tPlaceholder", "placeholder"], ["tAlt", "alt"]]) {
    const name = mark.replace(/[A-Z]/, (letter) => "-" + letter.toLowerCase());
    for (const node of root.querySelectorAll(`[data-${name}]`)) node.setAttribute(attribute, t(node.dataset[mark]));
  }
}

/** What a language is called in the page's language. */
export function languageName(code) {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export const emotionName = (emotion) => t(`emotion-${emotion}`);

export const percent = (share) => new Intl.NumberFormat(language, { style: "percent" }).format(share);
