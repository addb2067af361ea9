// What stands here for larger things that the sources know by these names.
import Glibc

/// The page's clock, in milliseconds since 1970.
@_extern(wasm, module: "fermusic", name: "time")
func pageTime() -> Double

/// Seconds since 1970. Numbers have 32 bits there, which end in 2038.
func currentTime() -> Int { Int(clamping: Int64(pageTime() / 1000)) }
