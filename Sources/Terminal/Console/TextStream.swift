import Glibc

/// Where a program's text goes: standard output, standard error, or a test's buffer. Unbuffered.
public struct TextStream: Sendable {
    /// Whether a person is looking at it.
    public let isTerminal: Bool
    /// Whether colours are welcome: a terminal, not a dumb one, and no `NO_COLOR`.
    public let usesColor: Bool

    private let currentWidth: @Sendable () -> Int
    private let currentHeight: @Sendable () -> Int
    private let sink: @Sendable (String) throws(StreamError) -> Void

    /// The columns of the terminal right now; 80 where there is none.
    public var width: Int { currentWidth() }

    /// The rows of the terminal right now; 24 where there is none.
    public var height: Int { currentHeight() }

    /// A stream onto an open file descriptor.
    public init(fileDescriptor: Int32, environment: (String) -> String? = environmentValue) {
        let terminal = isatty(fileDescriptor) == 1
        self.init(
            isTerminal: terminal, usesColor: terminal && Self.colorIsWelcome(environment),
            width: { terminalSize(of: fileDescriptor).columns }, height: { terminalSize(of: fileDescriptor).rows },
            sink: { text throws(StreamError) in try writeAll(text, to: fileDescriptor) })
    }

    /// A stream onto anything; for tests and for capturing output.
    public init(
        isTerminal: Bool = false, usesColor: Bool = false, width: @escaping @Sendable () -> Int = { 80 },
        height: @escaping @Sendable () -> Int = { 24 },
        sink: @escaping @Sendable (String) throws(StreamError) -> Void
    ) {
        self.isTerminal = isTerminal
        self.usesColor = usesColor
        self.currentWidth = width
        self.currentHeight = height
        self.sink = sink
    }

    /// Writes the text as it is.
    public func write(_ text: String) throws(StreamError) {
        try sink(text)
    }

    /// Writes the text and ends the line.
    public func line(_ text: String = "") throws(StreamError) {
        try sink(text + "\n")
    }

    /// The text in a style, or as it is where colours aren't welcome.
    public func styled(_ text: String, _ style: TextStyle) -> String {
        usesColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// The two conventions by which users refuse colours (https://no-color.org).
    package static func colorIsWelcome(_ environment: (String) -> String?) -> Bool {
        if let refused = environment("NO_COLOR"), !refused.isEmpty { return false }
        return environment("TERM") != "dumb"
    }
}

/// The styles in use; the numbers are ECMA-48's.
public enum TextStyle: Int, Sendable {
    case bold = 1, dim = 2, red = 31, green = 32, yellow = 33, cyan = 36
}

/// Why text could not be written.
public enum StreamError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The reader has gone, as in `fermusic ... | head`. Not a failure.
    case readerGone
    /// The system's error number.
    case failed(Int32)

    public var description: String {
        switch self {
        case .readerGone: "nobody reads the output any more"
        case .failed(let number): "cannot write output: \(String(cString: strerror(number)))"
        }
    }
}

/// The two streams of a program: results go to `output`, everything else to `errors`.
public struct Console: Sendable {
    public let output: TextStream
    public let errors: TextStream

    public init(output: TextStream, errors: TextStream) {
        self.output = output
        self.errors = errors
    }

    /// Standard output and standard error.
    public static var standard: Console {
        Console(output: TextStream(fileDescriptor: STDOUT_FILENO), errors: TextStream(fileDescriptor: STDERR_FILENO))
    }
}

/// A variable of the environment.
public func environmentValue(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}

private func terminalSize(of fileDescriptor: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0 else { return (80, 24) }
    return (size.ws_col > 0 ? Int(size.ws_col) : 80, size.ws_row > 0 ? Int(size.ws_row) : 24)
}

private func writeAll(_ text: String, to fileDescriptor: Int32) throws(StreamError) {
    var text = text
    let failure: Int32? = text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while !rest.isEmpty {
            let count = write(fileDescriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if errno == EAGAIN {
                // Somebody made the descriptor non-blocking (ssh does): wait until it takes more.
                var waiting = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
    switch failure {
    case nil: return
    case EPIPE?: throw .readerGone
    case let number?: throw .failed(number)
    }
}
