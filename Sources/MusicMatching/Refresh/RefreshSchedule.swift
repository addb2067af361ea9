import Glibc
import Timing

/// A day of the week on which lists are read again.
public enum Weekday: String, CaseIterable, Sendable {
    case sunday, monday, tuesday, wednesday, thursday, friday, saturday

    /// 0 for Sunday, as cron and `struct tm` count.
    public var number: Int { Weekday.allCases.firstIndex(of: self) ?? 0 }
}

/// Once a week at four in the morning, local time: few use the computer then, and clocks are not put forward or back.
public struct RefreshSchedule: Sendable, Equatable {
    public static let hour = 4

    public var day: Weekday

    public init(day: Weekday) { self.day = day }

    /// A line for `crontab -e`.
    public func crontabLine(_ command: [String]) -> String {
        // A percent sign is a line break to cron.
        let text = command.map(RefreshSchedule.quoted).joined(separator: " ")
            .split(separator: "%", omittingEmptySubsequences: false).joined(separator: "\\%")
        return "0 \(RefreshSchedule.hour) * * \(day.number) \(text)"
    }

    /// A command that makes systemd do the same; until the next restart of the user's session.
    public func systemdLine(_ command: [String]) -> String {
        let name = day.rawValue.prefix(3)
        let text = command.map(RefreshSchedule.quoted).joined(separator: " ")
        return "systemd-run --user --unit=fermusic-refresh --on-calendar='\(name.prefix(1).uppercased())"
            + "\(name.dropFirst()) 0\(RefreshSchedule.hour):00' \(text)"
    }

    /// Whether a scheduled moment has passed since the lists were last read.
    ///
    /// - Parameter last: seconds since 1970, or `nil` if they never were.
    public func isDue(now: Int, last: Int?) -> Bool {
        guard let last else { return true }
        return last < lastMoment(before: now)
    }

    /// The latest scheduled moment that is not after `now`.
    func lastMoment(before now: Int) -> Int {
        var local = tm(), clock = time_t(now)
        localtime_r(&clock, &local)
        local.tm_mday -= Int32((Int(local.tm_wday) - day.number + 7) % 7)
        local.tm_hour = Int32(RefreshSchedule.hour)
        local.tm_min = 0
        local.tm_sec = 0
        local.tm_isdst = -1
        var week = local
        let moment = mktime(&local)
        if moment <= now { return moment }
        week.tm_mday -= 7
        return mktime(&week)
    }

    /// A word for the shell.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || [0x2D, 0x2E, 0x2F, 0x5F].contains($0)
        }
        if isPlain, !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension Catalogue {
    /// When lists are read again by themselves; `nil` if they are not.
    public var schedule: RefreshSchedule? {
        get throws { try setting("refresh-day").flatMap(Weekday.init).map(RefreshSchedule.init) }
    }

    /// Throws `MusicError`.
    public func setSchedule(_ schedule: RefreshSchedule?) throws {
        try set("refresh-day", schedule?.day.rawValue)
    }

    /// When all lists were last read; `nil` if never.
    public var lastRefresh: Int? {
        get throws { try setting("refreshed").flatMap { Int($0) } }
    }

    /// Reads all lists again if the schedule says so, for programs that run all the time. Gives `nil` if it was not
    /// due. Throws as `refresh` does.
    public func refreshIfDue(
        providers: [any ListProvider] = [], now: Int = currentTime(),
        progress: (String, Double, Int) throws -> Void = { _, _, _ in }
    ) throws -> [RefreshResult]? {
        guard let schedule = try schedule, schedule.isDue(now: now, last: try lastRefresh) else { return nil }
        return try refresh(providers: providers, time: now, progress: progress)
    }
}
