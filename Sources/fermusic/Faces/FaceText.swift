import EmotionRecognition
import Terminal

/// Results in words.
struct FaceText {
    /// What may help when no face was found.
    static let noFaceHint =
        "--detector none takes the whole picture for one face"

    let classNames: [String]

    /// One line per face of a single picture.
    func lines(_ faces: [FaceReading]) -> [String] {
        if faces.isEmpty { return ["no face found"] }
        return faces.map { face in
            let order = classNames.indices.sorted { face.probabilities[$0] > face.probabilities[$1] }
            let others = order.dropFirst().prefix(2).map {
                "\(classNames[$0]) \(percent(Double(face.probabilities[$0])))"
            }
            var line = "\(mood(face))  (\(others.joined(separator: ", ")))"
            if faces.count > 1 {
                line += "  at \(Int(face.box.x)),\(Int(face.box.y)) \(Int(face.box.width))x\(Int(face.box.height))"
            }
            return line + notes(face)
        }
    }

    /// `happy 83.0 %`
    func mood(_ face: FaceReading) -> String {
        "\(classNames[face.label]) \(percent(Double(face.confidence)))"
    }

    /// What speaks against it, with two spaces before; empty if nothing does.
    func notes(_ face: FaceReading) -> String {
        let doubt = "perhaps no face (\(percent(face.score ?? 0)))"
        let warnings = face.warnings.map { $0 == .doubtful ? doubt : $0.rawValue }
        let notes = (face.isUncertain ? ["uncertain"] : []) + warnings
        return notes.isEmpty ? "" : "  " + notes.joined(separator: ", ")
    }

    /// What happened in a frame, a line each: `0:01.5  face 1: neutral -> happy 71.2 %`.
    func events(_ result: FrameResult) -> [String] {
        result.events.map { event in
            let time = Self.clock(result.time)
            switch event {
            case .appeared(let identity):
                let face = result.faces.first { $0.identity == identity }
                return "\(time)  face \(identity): \(face.map { mood($0) + notes($0) } ?? "appeared")"
            case .left(let identity): return "\(time)  face \(identity) left"
            case .moodChanged(let identity, let from, let to):
                let confidence = result.faces.first { $0.identity == identity }?.confidence ?? 0
                return
                    "\(time)  face \(identity): \(classNames[from]) -> \(classNames[to]) \(percent(Double(confidence)))"
            }
        }
    }

    /// Shares of time, the largest first.
    func summary(_ summary: MoodSummary) -> [String] {
        let shares = summary.shares
        let width = classNames.map(\.count).max() ?? 0
        return shares.indices.filter { shares[$0] > 0 }.sorted { shares[$0] > shares[$1] }.map { label in
            let name = classNames[label] + String(repeating: " ", count: width - classNames[label].count)
            let share = percent(shares[label])
            return "  \(name)  \(String(repeating: " ", count: max(0, 7 - share.count)))\(share)  "
                + bar(shares[label], width: 24)
        }
    }

    /// A bar in eighths of a character.
    func bar(_ share: Double, width: Int) -> String {
        let eighths = share.isFinite ? Int((min(max(share, 0), 1) * Double(width * 8)).rounded()) : 0
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }

    /// `1:02.5`
    static func clock(_ seconds: Double) -> String {
        let tenths = Int((max(0, min(seconds, 1e9)) * 10).rounded())
        let minutes = tenths / 600, rest = tenths % 600
        return "\(minutes):\(rest < 100 ? "0" : "")\(rest / 10).\(rest % 10)"
    }
}
