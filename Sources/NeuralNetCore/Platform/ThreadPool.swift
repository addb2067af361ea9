#if canImport(Threads) && !hasFeature(Embedded)
    import Threads

    /// Threads in this library's interface: what computes is handed a team of them.
    public typealias ThreadPool = Threads.ThreadPool
    public typealias Processors = Threads.Processors
#else
    /// A team of one, where there are no threads.
    public final class ThreadPool: Sendable {
        public let count = 1

        public init(threads: Int = 1) {}

        public func run(_ body: (Int) -> Void) { body(0) }

        public func runRanges(_ total: Int, _ body: (_ thread: Int, _ range: Range<Int>) -> Void) {
            if total > 0 { body(0, 0..<total) }
        }

        package func runColumns(_ total: Int, _ body: (Range<Int>) -> Void) { if total > 0 { body(0..<total) } }

        public func runParts(_ total: Int, least: Int, _ body: (Range<Int>) -> Void) {
            if total > 0 { body(0..<total) }
        }

        public func runEach(_ total: Int, wakes: Bool = true, _ body: (_ thread: Int, _ index: Int) -> Void) {
            for index in 0..<total { body(0, index) }
        }
    }

    public enum Processors {
        public static let available = 1
    }
#endif
