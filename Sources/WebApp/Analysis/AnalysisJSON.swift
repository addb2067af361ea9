import EmotionRecognition
import Emotions
import FaceVision
import JSON
import MusicMatching

/// How results of the analysis are written.
struct AnalysisJSON {
    let names: EmotionNames
    /// Where emotions lie on the plane of valence and energy.
    let moodMap: MoodMap

    init(_ classNames: [String], _ moodMap: MoodMap) {
        names = EmotionNames(classNames)
        self.moodMap = moodMap
    }

    /// What may help when no face was found in a photo.
    static let noFaceHint =
        "detector=none takes the whole picture for one face; a photo that lies on its side must be turned upright first"

    func value(_ result: AnalysisService.Result, session: AnalysisSession?) -> JSONValue {
        func milliseconds(_ seconds: Double) -> JSONValue { rounded(seconds * 1000, 100) }
        let seconds = result.seconds
        return [
            "session": session.map { .string($0.token) } ?? .null, "width": .int(result.width),
            "height": .int(result.height), "faces": .array(result.faces.map(face)),
            "group": result.group.map { group($0) } ?? .null, "events": .array(result.events.map(event)),
            "hint": result.faces.isEmpty && session == nil ? .string(AnalysisJSON.noFaceHint) : .null,
            "timing": [
                "waiting": milliseconds(seconds.waiting), "decoding": milliseconds(seconds.decoding),
                "detection": milliseconds(seconds.detection), "recognition": milliseconds(seconds.recognition),
                "total": milliseconds(seconds.total),
            ],
        ]
    }

    func face(_ face: FaceReading) -> JSONValue {
        var fields: [String: JSONValue] = [
            "track": face.identity.map(JSONValue.int) ?? .null,
            "box": [
                "x": rounded(face.box.x, 10), "y": rounded(face.box.y, 10), "width": rounded(face.box.width, 10),
                "height": rounded(face.box.height, 10),
            ],
            "uncertain": .bool(face.isUncertain), "warnings": JSONValue(face.warnings.map(\.rawValue)),
        ]
        fields.merge(mood(face.probabilities, label: face.label)) { $1 }
        return .object(fields)
    }

    func group(_ group: GroupMood) -> JSONValue { .object(mood(group.probabilities, label: group.label)) }

    private func mood(_ probabilities: [Float], label: Int) -> [String: JSONValue] {
        let point = moodMap.mood(of: names.vector(probabilities))
        return [
            "emotion": .string(names.names[label]), "confidence": rounded(Double(probabilities[label]), 10_000),
            "probabilities": .object(
                Dictionary(
                    uniqueKeysWithValues: zip(names.names, probabilities.map { rounded(Double($0), 10_000) }))),
            "mood": ["valence": rounded(point.valence, 10_000), "energy": rounded(point.energy, 10_000)],
        ]
    }

    func event(_ event: FaceEvent) -> JSONValue {
        switch event {
        case .appeared(let track): ["kind": "appeared", "track": .int(track)]
        case .left(let track): ["kind": "left", "track": .int(track)]
        case .moodChanged(let track, let from, let to):
            [
                "kind": "mood-changed", "track": .int(track), "from": .string(names.names[from]),
                "to": .string(names.names[to]),
            ]
        }
    }

    private func rounded(_ value: Double, _ steps: Double) -> JSONValue { .double((value * steps).rounded() / steps) }
}
