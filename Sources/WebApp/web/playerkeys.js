// Keys that work the player: the space bar, those of keyboards, headphones and lock screens.

/** `player`: { isThere, isFramed, isPlaying, toggle, next, back, seek }. */
export function setUpKeys(player) {
  addEventListener("keydown", (event) => space(event, player));
  const session = navigator.mediaSession;
  if (!session) return;
  const actions = {
    play: () => { if (!player.isPlaying()) player.toggle(); }, pause: () => { if (player.isPlaying()) player.toggle(); },
    nexttrack: player.next, previoustrack: player.back, seekto: ({ seekTime }) => player.seek(seekTime),
  };
  for (const [name, action] of Object.entries(actions)) {
    try { session.setActionHandler(name, action); } catch { /* Not every browser has every key. */ }
  }
}

/** The space bar, where it does nothing else. */
function space(event, { isThere, isFramed, toggle }) {
  if (event.key !== " " || event.ctrlKey || event.metaKey || event.altKey || !isThere() || isFramed()) return;
  if (event.target.closest?.("button, a, input, select, textarea, summary, iframe, [role=option], [role=menu], dialog")) return;
  event.preventDefault();
  toggle();
}
