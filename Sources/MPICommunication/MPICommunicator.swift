import CMPI
import Glibc
import NeuralNetTraining
import Threads
import Timing

/// The processes that a launcher of MPI has started, one rank each.
///
/// All of MPI happens on one thread of its own (`Messenger`): sums go on while this process computes, and the others are
/// heard from even when it takes long. A rank that is not heard from any more ends the process.
public final class MPICommunicator: Communicator {
    public let size: Int
    public let rank: Int
    /// What the library says of itself, its first line.
    public let library: String
    private let messenger: Messenger

    public struct Options: Sendable {
        /// Sums travel as bfloat16: half the bytes, each number rounded to 8 bits.
        public var sendsBFloat16 = false
        /// After so many seconds of silence a rank is taken for dead; at the start all have twice as long to come.
        public var silence = 30.0

        public init() {}
    }

    /// Meets the others. `onFailure` is told, on another thread and once, who is missing, before the process ends with code
    /// 1. Throws `MPILibrary.Failure`.
    public init(options: Options = Options(), onFailure: @escaping @Sendable (String) -> Void) throws {
        messenger = Messenger(table: try MPILibrary.load(), options: options, onFailure: onFailure)
        (size, rank, library) = try messenger.start()
        let names = gather(Self.hostName)
        messenger.setNames(names)
    }

    /// The machine's name of each rank.
    public var hosts: [String] { messenger.names }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    public func gather(_ mine: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
        precondition(all.count >= mine.count * size)
        messenger.wait(for: messenger.post(.gather(mine: mine.baseAddress!, all: all.baseAddress!, count: mine.count)))
    }

    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {
        // MPI counts in 32 bits.
        var start = 0
        while start < bytes.count {
            let count = min(bytes.count - start, 1 << 30)
            messenger.wait(for: messenger.post(.broadcast(bytes.baseAddress! + start, count: count)))
            start += count
        }
    }

    public func startSum(_ values: UnsafeMutableBufferPointer<Float>) {
        guard let base = values.baseAddress, !values.isEmpty else { return }
        _ = messenger.post(.sum(base, count: values.count))
    }

    public func finishSums() { messenger.waitForSums() }

    /// Bytes that this rank has sent in sums.
    public var bytesSent: Int { messenger.bytesSent }

    /// Says good-bye to the others, all of whom do the same; nothing can be sent any more.
    public func close() {
        barrier()
        messenger.stop()
    }

    /// Ends all ranks with that code; for what went wrong at this one alone.
    public func abort(code: Int32) -> Never { messenger.abort(code) }
}
