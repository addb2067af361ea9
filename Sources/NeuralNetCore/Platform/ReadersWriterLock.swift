#if canImport(Threads)
    import Threads

    typealias ReadersWriterLock = Threads.ReadersWriterLock
#else
    /// Where there is one thread nobody waits.
    final class ReadersWriterLock: Sendable {
        func beginReading() {}
        func beginWriting() {}
        func end() {}
    }
#endif
