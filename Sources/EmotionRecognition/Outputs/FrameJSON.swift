import FaceVision
import JSON

/// Results as JSON, with the same names everywhere: on the command line, in files, on the web.
///
/// Probabilities have six decimals, places in the picture two.
public struct FrameJSON: Sendable {
    /// Where probabilities in the order of the classes lie on the plane of valence and energy, each 0 to 1; nil for nowhere.
    package typealias MoodPlace = @Sendable ([Float]) -> (valence: Double, energy: Double)?

    private let classNames: [String]
    private let moodPlace: MoodPlace

    package init(classes classNames: [String], moodPlace: @escaping MoodPlace) {
        self.classNames = classNames
        self.moodPlace = moodPlace
    }

    /// `source`, `width` and `height` in pixels, `faces`, `group`, `events`, `timing` in milliseconds; for frames of
    /// videos, streams and cameras also `frame`, its number, and `time` in seconds.
    public func value(_ result: FrameResult) -> JSONValue { .object(fields(result)) }

    /// The same for others to be added.
    public func fields(_ result: FrameResult) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "source": result.source.isEmpty ? .null : .string(result.source), "width": .int(result.width),
            "height": .int(result.height), "faces": .array(result.faces.map(value)),
            "group": result.group.map { value($0) } ?? .null, "events": .array(result.events.map(value)),
            "timing": value(result.timing),
        ]
        if !result.isPicture {
            fields["frame"] = .int(result.index)
            fields["time"] = .double(result.time)
        }
        return fields
    }

    /// `track` (null in single pictures), `detected`, `box` (x, y, width, height), `landmarks` where the detector finds
    /// them, `emotion`, `confidence`, `probabilities`, `mood`, `uncertain`, `warnings`, and `score`: how sure the detector is of the face,
    /// null where none says so.
    public func value(_ face: FaceReading) -> JSONValue { .object(fields(face)) }

    /// The same for others to be added.
    public func fields(_ face: FaceReading) -> [String: JSONValue] {
        var fields = mood(face.probabilities, label: face.label)
        fields["track"] = face.identity.map(JSONValue.int) ?? .null
        fields["detected"] = .bool(face.isDetected)
        fields["box"] = [
            "x": Self.rounded(face.box.x, 100), "y": Self.rounded(face.box.y, 100),
            "width": Self.rounded(face.box.width, 100), "height": Self.rounded(face.box.height, 100),
        ]
        fields["landmarks"] = face.landmarks.map(value) ?? .null
        fields["score"] = face.score.map { Self.rounded($0, 1e4) } ?? .null
        fields["uncertain"] = .bool(face.isUncertain)
        fields["warnings"] = JSONValue(face.warnings.map { $0.rawValue })
        return fields
    }

    /// `emotion`, `confidence`, `probabilities`, `mood`.
    public func value(_ group: GroupMood) -> JSONValue { .object(mood(group.probabilities, label: group.label)) }

    /// `kind`: `appeared`, `left` or `mood-changed` (with `from` and `to`), and `track`.
    public func value(_ event: FaceEvent) -> JSONValue {
        switch event {
        case .appeared(let track): ["kind": "appeared", "track": .int(track)]
        case .left(let track): ["kind": "left", "track": .int(track)]
        case .moodChanged(let track, let from, let to):
            [
                "kind": "mood-changed", "track": .int(track), "from": .string(classNames[from]),
                "to": .string(classNames[to]),
            ]
        }
    }

    private func mood(_ probabilities: [Float], label: Int) -> [String: JSONValue] {
        var named: [String: JSONValue] = [:]
        for (name, probability) in zip(classNames, probabilities) {
            named[name] = Self.rounded(Double(probability), 1e6)
        }
        return [
            "emotion": .string(classNames[label]), "confidence": Self.rounded(Double(probabilities[label]), 1e6),
            "probabilities": .object(named),
            "mood": moodPlace(probabilities).map {
                ["valence": Self.rounded($0.valence, 10_000), "energy": Self.rounded($0.energy, 10_000)]
            } ?? .null,
        ]
    }

    private func value(_ timing: FrameTiming) -> JSONValue {
        func milliseconds(_ seconds: Double) -> JSONValue { Self.rounded(seconds * 1000, 100) }
        return [
            "waiting": milliseconds(timing.waiting), "decoding": timing.decoding.map(milliseconds) ?? .null,
            "detection": milliseconds(timing.detection), "recognition": milliseconds(timing.recognition),
            "total": milliseconds(timing.latency),
        ]
    }

    private func value(_ points: FaceLandmarks) -> JSONValue {
        func place(_ point: Point) -> JSONValue { [Self.rounded(point.x, 100), Self.rounded(point.y, 100)] }
        return [
            "leftEye": place(points.leftEye), "rightEye": place(points.rightEye), "nose": place(points.nose),
            "mouthLeft": place(points.mouthLeft), "mouthRight": place(points.mouthRight),
        ]
    }

    private static func rounded(_ value: Double, _ steps: Double) -> JSONValue {
        .double((value * steps).rounded() / steps)
    }
}
