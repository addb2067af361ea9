// Keeps the files of the page in the browser, so that it works without a network, and takes photos that other apps share.
// Before this stand VERSION, which changes with any of the files, and FILES; from a server also FRESH, what is asked of it
// while it answers, and MARK, how the page names its version. Files of one version are kept together, and another version
// begins when no page is open: never a mix.

const HOME = self.registration.scope, NAME = `fermusic ${HOME} `, SHARED = `fermusic-shared ${HOME}`;
/** Milliseconds after which a server is taken for one that does not answer. */
const PATIENCE = 4000;
/** Pages that were given from here: what belongs to them is, too. */
const away = new Set();

const keeper = () => caches.open(NAME + VERSION);
const place = (address) => address.slice(HOME.length).replace(/[?#].*/, "") || "./";

addEventListener("install", (event) => event.waitUntil(install()));

async function install() {
  // What another script of this version has kept is in use.
  const isUsed = await caches.has(NAME + VERSION);
  try {
    await keep();
  } catch (problem) {
    if (!isUsed) await caches.delete(NAME + VERSION);
    throw problem;
  }
}

async function keep() {
  const kept = await keeper();
  await Promise.all(FILES.map(async (file) => {
    const isVersioned = MARK && !FRESH.includes(file);
    const answer = await fetch(new Request(file, { cache: isVersioned ? "default" : "reload" }));
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
    // A server that was exchanged meanwhile says so by what it calls its files.
    if (file.startsWith("assets/") && !answer.headers.get("Cache-Control")?.includes("immutable")) throw new Error(`${file} is of another version`);
    if (file === "./" && MARK && !(await answer.clone().text()).includes(MARK)) throw new Error("the page is of another version");
    await kept.put(file, answer);
  }));
  const now = await fetch(self.location.href, { cache: "no-store" });
  if (!(await now.text()).includes(VERSION)) throw new Error("there is another version already");
}

addEventListener("activate", (event) => event.waitUntil(caches.keys().then((names) => Promise.all(
  names.filter((name) => name.startsWith(NAME) && name !== NAME + VERSION).map((name) => caches.delete(name))))));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (!request.url.startsWith(HOME)) return;
  const file = place(request.url);
  if (request.method === "POST" && file === "share") event.respondWith(take(request));
  if (request.method === "GET") event.respondWith(FRESH.includes(file) ? fresh(event, file) : found(request, file));
});

/** What is kept, or else the network's. */
async function found(request, file) {
  const kept = await (await keeper()).match(file === "./" ? file : request, { ignoreVary: true });
  if (!kept) return fetch(request);
  const range = request.headers.get("Range");
  return range ? part(kept, range) : kept;
}

/** The server's answer; where none comes, what is kept. */
async function fresh(event, file) {
  const { request } = event, old = async () => (await keeper()).match(file);
  if (away.has(event.clientId)) return (await old()) ?? fetch(request);
  try {
    const late = new Promise((resolve, reject) => setTimeout(reject, PATIENCE, new Error("no answer")));
    const answer = await Promise.race([fetch(request), late]);
    // A proxy whose server has gone.
    if (![502, 503, 504].includes(answer.status)) return answer;
    return (await old()) ?? answer;
  } catch (problem) {
    const answer = await old();
    if (!answer) throw problem;
    if (event.resultingClientId) away.add(event.resultingClientId);
    return answer;
  }
}

/** A part of it, which music is asked for by. */
async function part(answer, range) {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  if (first === undefined) return answer;
  const whole = await answer.blob(), start = Number(first), end = Math.min(last ? Number(last) + 1 : Infinity, whole.size);
  if (start >= end) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${whole.size}` } });
  const headers = { "Content-Type": whole.type, "Content-Range": `bytes ${start}-${end - 1}/${whole.size}`, "Accept-Ranges": "bytes" };
  return new Response(whole.slice(start, end, whole.type), { status: 206, headers });
}

/** A photo that was shared with the app waits here until the page takes it, a moment later. */
async function take(request) {
  const photo = (await request.formData()).get("photo");
  if (photo instanceof File) {
    const headers = { "Content-Type": photo.type || "application/octet-stream", "Fermusic-Name": encodeURIComponent(photo.name) };
    await (await caches.open(SHARED)).put("photo", new Response(photo, { headers }));
  }
  return Response.redirect(`${HOME}?shared`, 303);
}
