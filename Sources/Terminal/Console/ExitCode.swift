/// What a program tells its caller when it ends.
public struct ExitCode: RawRepresentable, Equatable, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The work is done.
    public static let done = ExitCode(rawValue: 0)
    /// The work failed.
    public static let failed = ExitCode(rawValue: 1)
    /// The command line was wrong.
    public static let usage = ExitCode(rawValue: 2)
    /// Ended on request of a signal: 130 for SIGINT, 143 for SIGTERM.
    public static func signal(_ number: Int32) -> ExitCode { ExitCode(rawValue: 128 + number) }
}
