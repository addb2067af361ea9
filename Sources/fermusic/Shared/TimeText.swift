import Glibc

/// Times for people, in local time.
enum TimeText {
    /// "2026-11-22"
    static func day(_ time: Int) -> String {
        let local = local(time)
        return "\(Int(local.tm_year) + 1900)-\(two(local.tm_mon + 1))-\(two(local.tm_mday))"
    }

    /// "2026-11-22 14:05"
    static func minute(_ time: Int) -> String {
        let local = local(time)
        return "\(day(time)) \(two(local.tm_hour)):\(two(local.tm_min))"
    }

    private static func local(_ time: Int) -> tm {
        var result = tm(), clock = time_t(time)
        localtime_r(&clock, &result)
        return result
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
