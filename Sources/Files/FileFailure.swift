import Glibc

/// Why a file could not be read or written, in the system's words. Whoever knows what the file is for turns it into
/// an error with a path.
public struct FileFailure: Error, Equatable, Sendable, CustomStringConvertible {
    public var reason: String

    public var description: String { reason }

    public init(_ reason: String) { self.reason = reason }

    /// The last system error.
    public static var last: FileFailure { FileFailure(String(cString: strerror(errno))) }
}
