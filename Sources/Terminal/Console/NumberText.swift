import Glibc

/// A number with a fixed count of decimals: `fixed(0.12345, 3)` is "0.123".
public func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    return withVaList([Int32(max(0, min(decimals, 17))), value]) { list in
        // The largest Double has 309 digits before the point.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 352) { buffer in
            vsnprintf(buffer.baseAddress, buffer.count, "%.*f", list)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}

/// A share in percent: `percent(0.6592)` is "65.9 %".
public func percent(_ share: Double, decimals: Int = 1) -> String {
    fixed(share * 100, decimals) + " %"
}

/// A time for people: "8 s", "2 min 05 s", "1 h 02 min", "3 d 4 h".
public func timeText(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min \(two(seconds % 60)) s"
    case ..<86400: return "\(seconds / 3600) h \(two(seconds / 60 % 60)) min"
    default: return "\(seconds / 86400) d \(seconds / 3600 % 24) h"
    }
}
