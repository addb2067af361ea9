import Glibc

/// Times for people, in local time.
enum TimeText {
    /// "2026-11-22"
    static func day(_ time: Int) -> String {
        var local = tm(), clock = time_t(time)
        localtime_r(&clock, &local)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(Int(local.tm_year) + 1900)-\(two(local.tm_mon + 1))-\(two(local.tm_mday))"
    }
}
