// Modules that this program is compiled to for browsers.

/** Begins the module that these bytes are: what it gives. `imports` are what its sources ask of the page. */
export async function begin(bytes, imports = {}) {
  const module = await WebAssembly.compile(bytes), all = { fermusic: imports };
  // What the C library would ask of a system, they never reach.
  for (const { module: owner, name } of WebAssembly.Module.imports(module)) {
    (all[owner] ??= {})[name] ??= () => { throw new Error(`${name} is not there`); };
  }
  const { exports } = await WebAssembly.instantiate(module, all);
  exports._initialize();
  return exports;
}
