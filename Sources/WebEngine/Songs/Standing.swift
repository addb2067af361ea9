// What stands here for larger things that the sources know by these names.
import Glibc

/// The page's clock, in milliseconds since 1970.
@_extern(wasm, module: "fermusic", name: "time")
func pageTime() -> Double

/// Seconds since 1970.
func currentTime() -> Int { Int(pageTime() / 1000) }
