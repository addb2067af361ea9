// The page as an app: kept for when there is no network (service-worker.js), and given photos by other apps.

import { isStatic } from "./api.js";
import { at } from "./place.js";

/** Milliseconds that the page has the line for itself, before everything else is fetched to be kept. */
export const LATER = 3000;

/** The service worker, where the browser allows one. */
function worker() {
  try {
    return isSecureContext ? navigator.serviceWorker : undefined;
  } catch {
    // Some settings for privacy forbid even to look.
    return undefined;
  }
}

/** Keeps the page's files. */
export function keep() {
  setTimeout(() => worker()?.register(isStatic ? "service-worker.js" : at("/service-worker.js")).catch(() => {}), isStatic ? 0 : LATER);
}

/** The photo that was just shared with the app, a File; null if none was. */
export async function sharedPhoto() {
  if (!new URLSearchParams(location.search).has("shared")) return null;
  history.replaceState(null, "", location.pathname);
  try {
    const box = `fermusic-shared ${new URL("./", location.href)}`, answer = await (await caches.open(box)).match("photo");
    // It stays nowhere.
    await caches.delete(box);
    return answer ? new File([await answer.blob()], decodeURIComponent(answer.headers.get("Fermusic-Name") ?? "photo")) : null;
  } catch {
    return null;
  }
}
