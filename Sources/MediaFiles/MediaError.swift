/// Why a file or stream of sound or pictures cannot be opened. The description is one clear line.
public enum MediaError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotOpen(source: String, reason: String)
    /// Nothing came for as long as was agreed to wait.
    case stalled(source: String, seconds: Double)
    /// Cancelled.
    case stopped(source: String)
    /// FFmpeg's libraries are not there.
    case libraryMissing(reason: String)

    /// The description without the source, where that is said anyway.
    public var reason: String {
        switch self {
        case .cannotOpen(_, let reason): reason
        case .stalled(_, let seconds): "nothing came for \(seconds) s"
        case .stopped: "stopped"
        case .libraryMissing: description
        }
    }

    public var description: String {
        switch self {
        case .cannotOpen(let source, let reason): "\(source): cannot open: \(reason)"
        case .stalled(let source, let seconds): "\(source): nothing came for \(seconds) s"
        case .stopped(let source): "\(source): stopped"
        case .libraryMissing(let reason): "FFmpeg's libraries are needed: \(reason)"
        }
    }
}
