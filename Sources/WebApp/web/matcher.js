// Songs for a mood, chosen in this browser by what the server chooses them with (engine/songs.wasm): no mood leaves it.

let facts = null, loading = null, isWanted = () => false;

/** `matcher`: the addresses of the module and of the songs, { module, songs }; null where there are none. `wanted` says
    whether this device is to choose. */
export function setUp(matcher, wanted) {
  facts = matcher ?? null;
  isWanted = wanted;
}

export const isThere = () => facts !== null;

/** Whether songs are chosen here: then no question for them is sent. */
export const isUsed = () => isThere() && isWanted();

/** Loads what choosing needs, before it is asked. */
export function prepare() { if (isUsed()) open().catch(() => {}); }

async function load() {
  const [answer, songs] = await Promise.all([facts.module, facts.songs].map((path) => fetched(new URL(path, document.baseURI))));
  const text = (place, count) => new TextDecoder().decode(new Uint8Array(engine.memory.buffer, place, count));
  const fermusic = { time: () => Date.now(), number: (place, count) => Number(text(place, count)) };
  const { exports: engine } = (await WebAssembly.instantiate(await answer.arrayBuffer(), { fermusic })).instance;
  engine._initialize();
  const matcher = new Matcher(engine);
  matcher.open(new Uint8Array(await songs.arrayBuffer()));
  return matcher;
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin" }).catch((problem) => { throw new Missing(problem.message); });
  if (!answer.ok) throw new Missing(`${address}: ${answer.status}`);
  return answer;
}

/** What choosing needs could not be had: worth another attempt. */
export class Missing extends Error {}

class Matcher {
  #engine;

  constructor(engine) { this.#engine = engine; }

  open(bytes) { if (this.#give(bytes, this.#engine.fermusic_songs_open) < 0) throw new Error(this.#answer()); }

  ask(question, wish) {
    const count = this.#give(new TextEncoder().encode(JSON.stringify(wish)), this.#engine[`fermusic_${question}`]);
    if (count < 0) throw new Error(`${question}: not understood`);
    return JSON.parse(this.#answer());
  }

  #give(bytes, takes) {
    const place = this.#engine.fermusic_allocate(bytes.length);
    new Uint8Array(this.#engine.memory.buffer).set(bytes, place);
    const result = takes(place, bytes.length);
    this.#engine.fermusic_free(place);
    return result;
  }

  #answer() {
    const { fermusic_answer, fermusic_answer_size, memory } = this.#engine;
    return new TextDecoder().decode(new Uint8Array(memory.buffer, fermusic_answer(), fermusic_answer_size()));
  }
}

async function open() {
  loading ??= load();
  try {
    return await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
}

async function ask(question, wish) {
  const matcher = await open();
  try {
    return matcher.ask(question, wish);
  } catch (error) {
    // What has once stopped in the middle is not asked again.
    if (error instanceof WebAssembly.RuntimeError) loading = null;
    throw error;
  }
}

/** Songs with the music server that plays them, as the page's server says it. */
function withServers(answer) {
  if (!facts.servers) return answer;
  for (const song of answer.songs) {
    const server = facts.servers.find(({ kind, beginning }) => song.identifiers.some((known) => known.kind === kind && known.value.startsWith(beginning)));
    song.server = server ? { name: server.name, place: server.place, gain: song.gain ?? null } : null;
  }
  return answer;
}

/** As the server's /api/v1/recommendations. */
export const recommend = async (question) =>
  withServers(await ask("recommend", { seed: crypto.getRandomValues(new Uint32Array(1))[0] >>> 1, ...question }));
/** As /api/v1/songs. */
export const songs = async (numbers) => withServers(await ask("songs", { songs: numbers }));
/** As /api/v1/catalogue/search?kind=artists. */
export const artists = (text, limit) => ask("artists", { q: text, limit });
/** As /api/v1/playlist-file, as a text; it names no files. */
export const playlistFile = async (wanted) => (await ask("playlist_file", wanted)).text;
