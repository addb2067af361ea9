import MediaFiles

/// A single picture as a source of one frame.
final class PictureSource: FrameSource {
    private let read: () throws -> Image
    private let name: String
    private var isDone = false

    let isLive = false
    let cancellation: Cancellation
    var description: String { name }

    /// - Parameter read: decodes the picture when it is asked for.
    init(name: String, cancellation: Cancellation, read: @escaping () throws -> Image) {
        self.name = name
        self.cancellation = cancellation
        self.read = read
    }

    func next() throws -> Frame? {
        if isDone || cancellation.isCancelled { return nil }
        isDone = true
        do {
            return Frame(image: try read(), time: 0, index: 0, capturedAt: .now, source: name, isPicture: true)
        } catch {
            if cancellation.isCancelled { return nil }
            throw error
        }
    }
}

/// What is left when opening was cancelled.
final class EndedSource: FrameSource {
    let description: String
    let isLive = false
    let cancellation: Cancellation

    init(name: String, cancellation: Cancellation) {
        description = name
        self.cancellation = cancellation
    }

    func next() -> Frame? { nil }
}
