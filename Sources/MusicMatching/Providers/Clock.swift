import Glibc
import Timing

/// Times for people.
enum Clock {
    /// "14:05" today, "2026-11-22 14:05" on other days; local time.
    static func text(_ time: Int, now: Int = currentTime()) -> String {
        let then = local(time), today = local(now)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = "\(two(then.tm_hour)):\(two(then.tm_min))"
        if then.tm_year == today.tm_year, then.tm_yday == today.tm_yday { return clock }
        return "\(Int(then.tm_year) + 1900)-\(two(then.tm_mon + 1))-\(two(then.tm_mday)) \(clock)"
    }

    private static func local(_ time: Int) -> tm {
        var result = tm(), clock = time_t(time)
        localtime_r(&clock, &result)
        return result
    }
}
