import Glibc

/// Seconds since 1970.
public func currentTime() -> Int { time(nil) }
