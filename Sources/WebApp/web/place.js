// Where the server is: at the root of its name, or below a path of it.

const root = new URL("../../", import.meta.url);

/** The address of a path of the server. */
export const at = (path) => new URL(path.slice(1), root).href;
