import EmotionRecognition
import Emotions
import FaceVision
import Terminal

/// What the faces before a camera feel, over some seconds.
enum CameraEmotions {
    /// Seconds of faces that are averaged.
    private static let seconds = 3.0
    /// Seconds in which a face must come.
    private static let patience = 15.0

    /// The mean of what was seen; of several faces together, see `GroupMood`. Throws what the camera and the model throw,
    /// and `PhotoEmotions.NoFace`.
    static func read(_ address: String, _ a: Arguments, _ console: Console) throws -> EmotionVector {
        let signals = SignalWatcher.start()
        let modelPath = try SharedOptions.modelPath(a)
        let model = try EmotionModel(reading: modelPath)
        let readers = try FaceReaders(model, a, SharedOptions.threadPool(a), options: .init())
        var options = CaptureOptions(format: readers.needsColor ? .rgb : .gray)
        options.cancellation = Cancellation { signals.received != nil }
        let source = try FrameSources.open(address, options: options)
        try console.errors.line("watching \(printable(source.description)) for \(Int(seconds)) s")
        var tracker = MoodTracker()
        var sums = model.card.classNames.map { _ in 0.0 }
        var firstSeen: Double?
        while let frame = try source.next() {
            let group =
                frame.isPicture
                ? GroupMood(try readers.read(frame.image))
                : try tracker.process(frame, using: readers.forStreams()).group
            if let group {
                firstSeen = firstSeen ?? frame.time
                for (index, probability) in group.probabilities.enumerated() { sums[index] += Double(probability) }
            }
            if let firstSeen, frame.time - firstSeen >= seconds { break }
            if firstSeen == nil, frame.time > patience { break }
        }
        guard firstSeen != nil else { throw PhotoEmotions.NoFace(path: address) }
        let total = sums.reduce(0, +)
        let vector = try PhotoEmotions.vector(
            sums.map { Float($0 / total) }, names: model.card.classNames, modelPath)
        try console.errors.line("\(printable(address)): \(vector.text)")
        return vector
    }
}
