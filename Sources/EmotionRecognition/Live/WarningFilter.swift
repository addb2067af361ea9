import Glibc

/// Steadies warnings about one face from frame to frame: one shows when most frames of late had it.
package struct WarningFilter: Sendable {
    private let timeConstant: Double
    /// How much of the time each was there of late, 0 to 1, in the order of `FaceWarning.allCases`.
    private var shares: [Double] = []
    private var lastTime = 0.0
    package private(set) var shown: [FaceWarning] = []

    /// - Parameter timeConstant: seconds after which a new observation counts for 63 %.
    package init(timeConstant: Double) { self.timeConstant = timeConstant }

    /// Adds what was seen at `time` (seconds, not going back).
    package mutating func add(_ warnings: [FaceWarning], time: Double) {
        let present = FaceWarning.allCases.map { warnings.contains($0) ? 1.0 : 0 }
        let keep = shares.isEmpty || timeConstant <= 0 ? 0 : exp(-max(0, time - lastTime) / timeConstant)
        if shares.isEmpty { shares = present }
        lastTime = time
        for i in shares.indices { shares[i] = keep * shares[i] + (1 - keep) * present[i] }
        // Two thresholds, as for moods.
        shown = zip(FaceWarning.allCases, shares).filter { $1 > (shown.contains($0) ? 0.35 : 0.65) }.map { $0.0 }
    }
}
