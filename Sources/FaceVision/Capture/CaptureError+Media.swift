import MediaFiles

/// Ends whatever waits for frames.
public typealias Cancellation = MediaFiles.Cancellation

extension CaptureError {
    init(_ error: MediaError) {
        switch error {
        case .cannotOpen(let source, let reason): self = .cannotOpen(source: source, reason: reason)
        case .stalled(let source, let seconds): self = .stalled(source: source, seconds: seconds)
        case .stopped(let source): self = .cannotOpen(source: source, reason: "stopped")
        case .libraryMissing(let reason): self = .libraryMissing(reason: reason)
        }
    }
}

/// What opening media throws, as capturing says it.
func capturing<Value>(_ body: () throws(MediaError) -> Value) throws(CaptureError) -> Value {
    do {
        return try body()
    } catch {
        throw CaptureError(error)
    }
}
