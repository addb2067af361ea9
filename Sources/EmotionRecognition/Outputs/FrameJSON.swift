import FaceVision
import JSON

/// Results as JSON, with the same names everywhere: on the command line, in files, on the web.
public enum FrameJSON {
    /// `box` (x, y, width, height in pixels), `emotion`, `confidence`, `probabilities`, `uncertain`, `warnings`, and
    /// `landmarks` and `track` where known.
    public static func value(_ face: FaceReading, classNames: [String]) -> JSONValue {
        let probabilities = Dictionary(
            zip(classNames, face.probabilities.map { JSONValue.double(Double($0)) }), uniquingKeysWith: { $1 })
        var fields: [String: JSONValue] = [
            "box": value(face.box), "emotion": .string(classNames[face.label]),
            "confidence": .double(Double(face.confidence)), "probabilities": .object(probabilities),
            "uncertain": .bool(face.isUncertain), "warnings": JSONValue(face.warnings.map(\.rawValue)),
        ]
        if let identity = face.identity {
            fields["track"] = .int(identity)
            fields["detected"] = .bool(face.isDetected)
        }
        if let points = face.landmarks {
            fields["landmarks"] = [
                "leftEye": value(points.leftEye), "rightEye": value(points.rightEye), "nose": value(points.nose),
                "mouthLeft": value(points.mouthLeft), "mouthRight": value(points.mouthRight),
            ]
        }
        return .object(fields)
    }

    /// `source`, `frame`, `time` in seconds, `faces`, `group`, `events`, `milliseconds`.
    public static func value(_ result: FrameResult, classNames: [String]) -> JSONValue {
        [
            "source": .string(result.source), "frame": .int(result.index), "time": .double(result.time),
            "faces": .array(result.faces.map { value($0, classNames: classNames) }),
            "group": result.group.map { value($0, classNames: classNames) } ?? .null,
            "events": .array(result.events.map { value($0, classNames: classNames) }),
            "milliseconds": [
                "detection": .double(result.timing.detection * 1e3),
                "recognition": .double(result.timing.recognition * 1e3),
                "latency": .double(result.timing.latency * 1e3),
            ],
        ]
    }

    /// `emotion`, `confidence`, `probabilities`.
    public static func value(_ group: GroupMood, classNames: [String]) -> JSONValue {
        let probabilities = Dictionary(
            zip(classNames, group.probabilities.map { JSONValue.double(Double($0)) }), uniquingKeysWith: { $1 })
        return [
            "emotion": .string(classNames[group.label]), "confidence": .double(Double(group.confidence)),
            "probabilities": .object(probabilities),
        ]
    }

    /// `event`: `appeared`, `left` or `moodChanged` (with `from` and `to`), and `track`.
    public static func value(_ event: FaceEvent, classNames: [String]) -> JSONValue {
        switch event {
        case .appeared(let identity): ["event": "appeared", "track": .int(identity)]
        case .left(let identity): ["event": "left", "track": .int(identity)]
        case .moodChanged(let identity, let from, let to):
            [
                "event": "moodChanged", "track": .int(identity), "from": .string(classNames[from]),
                "to": .string(classNames[to]),
            ]
        }
    }

    private static func value(_ box: Rectangle) -> JSONValue {
        ["x": .double(box.x), "y": .double(box.y), "width": .double(box.width), "height": .double(box.height)]
    }

    private static func value(_ point: Point) -> JSONValue { [.double(point.x), .double(point.y)] }
}
