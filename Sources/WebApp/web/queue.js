// What is played one after the other. Knows nothing of sound; survives a reload.

const KEY = "fermusic.queue";
/** Pieces that were played and are still there to go back to. */
const PAST = 50;

export class Queue extends EventTarget {
  /** The songs, each with a `key` of its own, and the place of the one that is played. */
  songs = [];
  index = -1;
  /** Seconds into it, for when the page comes back. */
  position = 0;
  #storage;

  constructor(storage = localStorage) {
    super();
    this.#storage = storage;
    try {
      const { songs, index, position } = JSON.parse(storage.getItem(KEY) ?? "{}");
      if (Array.isArray(songs) && songs[index]?.key) Object.assign(this, { songs, index, position: Number(position) || 0 });
    } catch {
      // What cannot be read begins empty.
    }
  }

  get current() { return this.songs[this.index] ?? null; }
  get upcoming() { return this.songs.slice(this.index + 1); }
  get isAtEnd() { return this.index >= this.songs.length - 1; }

  /** Plays these from now on. */
  set(songs, index = 0) {
    this.songs = [...songs];
    this.#go(songs.length ? index : -1);
  }

  /** Plays one now; what was to come comes after it. */
  insert(song) {
    const at = this.songs.findIndex(({ key }) => key === song.key);
    if (at >= 0) return this.#go(at);
    this.songs.splice(this.index + 1, 0, song);
    this.#go(this.index + 1);
  }

  /** Comes after all others. Those that are to come already stay where they are. */
  append(songs) {
    const waiting = new Set(this.upcoming.map(({ key }) => key));
    this.songs.push(...songs.filter(({ key }) => !waiting.has(key)));
    this.#changed();
  }

  /** What is to come is exchanged; what plays goes on. */
  replaceUpcoming(songs) {
    const key = this.current?.key;
    this.songs = [...this.songs.slice(0, this.index + 1), ...songs.filter((song) => song.key !== key)];
    this.#changed();
  }

  /** Takes one out, unless it plays. */
  remove(place) {
    if (place === this.index) return;
    this.songs.splice(place, 1);
    if (place < this.index) this.index -= 1;
    this.#changed();
  }

  /** More is known of some than was thought: `known` has it by key. What it says nothing of stays. */
  amend(known) {
    this.songs = this.songs.map((song) => ({ ...song, ...Object.fromEntries(Object.entries(known.get(song.key) ?? {}).filter(([, value]) => value)) }));
    this.#changed();
  }

  /** Those that are to come, in the order of what `rank` gives for each; what plays goes on. */
  order(rank) {
    const after = this.upcoming.map((song) => [rank(song), song]).sort(([a], [b]) => a - b).map(([, song]) => song);
    if (after.every((song, index) => song === this.songs[this.index + 1 + index])) return;
    this.songs = [...this.songs.slice(0, this.index + 1), ...after];
    this.#changed();
  }

  go(place) { if (this.songs[place]) this.#go(place); }
  next() { return this.isAtEnd ? false : (this.#go(this.index + 1), true); }
  back() { return this.index <= 0 ? false : (this.#go(this.index - 1), true); }

  clear() { this.set([]); }

  /** Notes how far it has come; written now and then by whoever plays. */
  keep(position) {
    this.position = position;
    this.#write();
  }

  #go(place) {
    this.index = place;
    this.position = 0;
    const old = this.index - PAST;
    if (old > 0) {
      this.songs.splice(0, old);
      this.index -= old;
    }
    this.#changed();
  }

  #changed() {
    this.#write();
    this.dispatchEvent(new Event("change"));
  }

  #write() {
    try {
      // What lies on the visitor's machine must be picked again.
      const songs = this.songs.filter(({ local }) => !local), index = songs.indexOf(this.current), { position } = this;
      this.#storage.setItem(KEY, JSON.stringify({ songs, index, position }));
    } catch {
      // Private windows may refuse: then it lasts as long as the page.
    }
  }
}
