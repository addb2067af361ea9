import Threads

/// Warnings of the capturing thread for the one that reads.
final class CaptureNotes: Sendable {
    private let lines = Guarded<[String]>([])
    /// A bad stream that comes back again and again says the same.
    private static let most = 100

    var warnings: [String] { lines.withLock { $0 } }

    func add(_ warnings: [String]) {
        lines.withLock { lines in lines += warnings.prefix(CaptureNotes.most - lines.count) }
    }
}

/// What the capturing thread does.
struct CaptureLoop: Sendable {
    let name: String
    let options: CaptureOptions
    let keepsRecorded: Bool
    let mailbox: Mailbox<Result<Frame, any Error>>
    let notes: CaptureNotes
    let onChange: @Sendable (LiveCapture.State) -> Void
    let open: @Sendable (CaptureOptions) throws -> any FrameSource

    func run() {
        var failure: (any Error)?
        var hasRun = false, attempt = 0
        var clock = ContinuedClock()
        while !options.cancellation.isCancelled {
            onChange(.connecting)
            var isRecorded = false
            do {
                let source = try open(options)
                isRecorded = !source.isLive
                defer { notes.add(source.warnings) }
                try deliver(source, &clock, &hasRun, &attempt)
                if !isRecorded {
                    failure = CaptureError.disconnected(source: name, reason: "closed by the other side")
                }
            } catch {
                failure = error
            }
            if isRecorded || !hasRun || options.cancellation.isCancelled { break }
            let seconds = min(0.5 * Double(1 << min(attempt, 5)), 10)
            attempt += 1
            onChange(.waiting(reason: failure.map { "\($0)" } ?? "", seconds: seconds))
            failure = nil
            _ = options.cancellation.sleep(seconds: seconds)
        }
        mailbox.close(options.cancellation.isCancelled ? nil : failure)
        onChange(.ended)
    }

    private func deliver(
        _ source: any FrameSource, _ clock: inout ContinuedClock, _ hasRun: inout Bool, _ attempt: inout Int
    ) throws {
        var darkness = DarknessDetector()
        let keepsAll = keepsRecorded && !source.isLive
        var isFirst = true
        while !options.cancellation.isCancelled {
            do {
                guard var frame = try source.next() else { return }
                clock.stamp(&frame, isFirst: isFirst)
                if isFirst { onChange(.running(source.description)) }
                isFirst = false
                hasRun = true
                attempt = 0
                if source.isLive, let isDark = darkness.add(frame.image) {
                    onChange(isDark ? .dark(source.description) : .running(source.description))
                }
                mailbox.put(.success(frame), isKept: keepsAll || frame.isPicture, options.cancellation)
            } catch  where source.continuesAfterErrors {
                mailbox.put(.failure(error), isKept: true, options.cancellation)
            }
        }
    }
}
