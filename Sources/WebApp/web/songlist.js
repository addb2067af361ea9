// The songs that are shown: they stay until somebody wants others. Knows nothing of the page.

const KEY = "fermusic.list";
/** Seconds for which a list is shown again when the page is opened anew. */
const LASTING = 12 * 3600;

export class SongList extends EventTarget {
  songs = [];
  /** What they are for: { emotion, mode }, with `like` (a song), `daytime`, or `playlist` (its name). */
  about = null;
  #ask;
  #storage;
  #asking = null;
  #replacing = Promise.resolve();
  /** Songs of this list that others have replaced: they must not come back as replacements. */
  #gone = new Set();

  /** `ask` takes { about, count, signal } and gives songs; "change" tells of a whole list, "replaced" of one song. */
  constructor(ask, storage = localStorage) {
    super();
    this.#ask = ask;
    this.#storage = storage;
  }

  has(id) { return this.songs.some((song) => song.id === id); }

  /** Asks for a whole list; an earlier question that is not answered yet is dropped. Throws what asking throws. */
  async want(about, count) {
    this.#asking?.abort();
    const turn = (this.#asking = new AbortController());
    const { songs, target } = await this.#ask({ about, count, signal: turn.signal });
    if (turn !== this.#asking) return;
    Object.assign(this, { songs, about });
    this.#gone.clear();
    this.#changed("change", { target });
  }

  /** Shows songs that were not asked for here. */
  take(songs, about) {
    this.#asking?.abort();
    this.#asking = null;
    Object.assign(this, { songs, about });
    this.#gone.clear();
    this.#changed("change", {});
  }

  /** Puts another song where one was. One after the other, so that two never become the same song. */
  replace(id, isStillWanted) {
    return (this.#replacing = this.#replacing.then(async () => {
      const about = this.about;
      if (!this.has(id) || !isStillWanted()) return;
      const answer = await this.#ask({ about, count: this.songs.length + this.#gone.size + 3 }).catch(() => null);
      const place = this.songs.findIndex((song) => song.id === id);
      const other = answer?.songs.find((song) => !this.has(song.id) && !this.#gone.has(song.id));
      // The list may be another one by now, or the song wanted again.
      if (!other || place < 0 || about !== this.about || !isStillWanted()) return;
      const [old] = this.songs.splice(place, 1, other);
      this.#gone.add(id);
      this.#changed("replaced", { old, other });
    }));
  }

  /** Puts a song back that another one has replaced. */
  restore(song, replacement) {
    const place = this.songs.findIndex(({ id }) => id === replacement.id);
    if (place < 0 || this.has(song.id)) return;
    this.songs[place] = song;
    this.#gone.delete(song.id);
    this.#changed("replaced", { old: replacement, other: song });
  }

  /** The list of the last visit, if it was not long ago. */
  recall(now = Date.now()) {
    try {
      const { songs, about, time } = JSON.parse(this.#storage.getItem(KEY) ?? "{}");
      if (!Array.isArray(songs) || !songs.length || !about || now - time > 1000 * LASTING) return false;
      Object.assign(this, { songs, about });
    } catch {
      return false;
    }
    this.dispatchEvent(new CustomEvent("change", { detail: { isRecalled: true } }));
    return true;
  }

  forget() { this.#storage.removeItem(KEY); }

  #changed(name, detail) {
    try {
      this.#storage.setItem(KEY, JSON.stringify({ songs: this.songs, about: this.about, time: Date.now() }));
    } catch {
      // Private windows may refuse: then it lasts as long as the page.
    }
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
