import EmotionRecognition
import Glibc

/// How filters of several kinds do on the same clips, a row each.
struct MoodTable {
    var clips: [Observations]
    /// A clip of which nothing is known: only changes are counted.
    var video: Observations?
    var certainty: Certainty

    typealias Filter = ([Float], Double) -> (label: Int, confidence: Float)

    func write() {
        let minutes = clips.reduce(0) { $0 + $1.seconds } / 60
        let changes = clips.reduce(0) { $0 + max(0, $1.moods.count - 1) }
        print("\(fixed(minutes, 1)) minutes with \(changes) changes of mood; certain from \(certainty.threshold) on\n")
        print(
            "| steadied by | false changes a minute | delay, median s | 90 %, s | never seen | right, % | certain, % | "
                + "of them right, % | changes in the video |")
        print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
        row("nothing") { { looks, _ in (looks.indexOfLargest, looks[looks.indexOfLargest]) } }
        row("mean over 0.4 s, 8 % ahead for 0.35 s") {
            var filter = ExponentialMoods()
            return { filter.add($0, time: $1) }
        }
        let usual = MoodFilter.Options()
        for timeConstant in [usual.timeConstant / 2, usual.timeConstant, usual.timeConstant * 1.5] {
            for lead in [1, 1.5, usual.lead, usual.lead * 1.6] {
                var settings = usual
                (settings.timeConstant, settings.lead) = (timeConstant, lead)
                let name = "evidence over \(fixed(timeConstant, 1)) s, \(fixed(Double(lead), 1)) times as probable"
                row(settings == usual ? "**\(name)**" : name) {
                    var filter = MoodFilter(settings)
                    return {
                        let mood = filter.add($0, time: $1)
                        return (mood.label, mood.confidence)
                    }
                }
            }
        }
    }

    private func row(_ name: String, _ make: () -> Filter) {
        var score = MoodScore(), videoScore = MoodScore()
        for clip in clips { score.add(clip.shown(by: make, certainty), moods: clip.moods, seconds: clip.seconds) }
        if let video { videoScore.add(video.shown(by: make, certainty), moods: [], seconds: video.seconds) }
        func share(_ part: Int, _ whole: Int) -> String { fixed(100 * Double(part) / Double(max(whole, 1)), 1) }
        let cells = [
            name, fixed(Double(score.falseChanges) / max(score.minutes, 1e-9), 1), fixed(score.delay(0.5), 2),
            fixed(score.delay(0.9), 2), "\(score.delays.count { $0.isInfinite })", share(score.right, score.frames),
            share(score.certain, score.frames), share(score.certainAndRight, score.certain),
            video == nil ? "" : "\(videoScore.changes)",
        ]
        print("| " + cells.joined(separator: " | ") + " |")
    }

    private func fixed(_ value: Double, _ places: Int) -> String {
        guard value.isFinite else { return "never" }
        let power = Int(pow(10, Double(places))), whole = Int((value * Double(power)).rounded())
        guard places > 0 else { return "\(whole)" }
        let digits = "\(whole % power)"
        return "\(whole / power).\(String(repeating: "0", count: places - digits.count))\(digits)"
    }
}
