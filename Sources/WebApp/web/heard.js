// What was heard of the visitor's own files, kept in this browser so that it is not heard twice: by name, size and time.

const NAME = "fermusic-heard", STORE = "files";
let opening = null;

const keyOf = ({ name, size, lastModified }) => [name, size, lastModified];
const finished = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

function open() {
  opening ??= (async () => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    const database = await finished(request);
    // Another page wants to forget all of it.
    database.onversionchange = () => { database.close(); opening = null; };
    return database;
  })();
  opening.catch(() => { opening = null; });
  return opening;
}

const files = async (mode) => (await open()).transaction(STORE, mode).objectStore(STORE);

/** What a version heard of files, in their order: { valence, energy, loudness, tempo } each, or undefined. Private windows may keep
    nothing. */
export async function recall(wanted, version) {
  try {
    const store = await files("readonly");
    const known = await Promise.all(wanted.map((file) => finished(store.get(keyOf(file)))));
    return known.map((sound) => (sound?.version === version ? sound : undefined));
  } catch {
    return wanted.map(() => undefined);
  }
}

export async function keep(file, sound, version) {
  try {
    await finished((await files("readwrite")).put({ ...sound, version }, keyOf(file)));
  } catch {
    // Then it lasts as long as the page.
  }
}

export async function forget() {
  (await opening?.catch(() => null))?.close();
  opening = null;
  indexedDB.deleteDatabase(NAME);
}
