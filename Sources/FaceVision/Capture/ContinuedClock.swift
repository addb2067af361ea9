import Timing

/// Times and numbers of frames that go on where they were when a source is opened again: each opening counts its own
/// from 0, and whoever follows faces must not see time stand still until it has caught up.
package struct ContinuedClock {
    private var last: (time: Double, index: Int, capturedAt: ContinuousClock.Instant)?
    private var timeOffset = 0.0
    private var indexOffset = 0

    package init() {}

    /// - Parameter isFirst: the frame is the first since the source was opened.
    package mutating func stamp(_ frame: inout Frame, isFirst: Bool) {
        if isFirst, let last {
            timeOffset = last.time + max(0, last.capturedAt.duration(to: frame.capturedAt).seconds) - frame.time
            indexOffset = last.index + 1 - frame.index
        }
        frame.time += timeOffset
        frame.index += indexOffset
        last = (frame.time, frame.index, frame.capturedAt)
    }
}
