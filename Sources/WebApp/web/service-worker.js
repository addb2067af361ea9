// Keeps the files of an exported page, so that it works without a network. `fermusic export-site` writes VERSION and FILES
// before this. All files of a version are kept together and another version begins when no page is open: never a mix.

const NAME = `fermusic ${self.registration.scope} `;

addEventListener("install", (event) => event.waitUntil(caches.open(NAME + VERSION).then((kept) =>
  kept.addAll(FILES.map((file) => new Request(file, { cache: "reload" }))))));

addEventListener("activate", (event) => event.waitUntil(caches.keys().then((names) => Promise.all(
  names.filter((name) => name.startsWith(NAME) && name !== NAME + VERSION).map((name) => caches.delete(name))))));

addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || !event.request.url.startsWith(self.registration.scope)) return;
  event.respondWith(caches.open(NAME + VERSION).then((kept) => kept.match(event.request, { ignoreSearch: true, ignoreVary: true }))
    .then((found) => found ?? fetch(event.request)));
});
