import EmotionRecognition
import FaceVision
import NeuralNet

/// A face as all verbs write it in JSON.
enum FaceJSON {
    static func value(_ face: FaceReading, _ names: [String]) -> JSONValue {
        let probabilities = Dictionary(
            uniqueKeysWithValues: zip(names, face.probabilities.map { JSONValue.double(Double($0)) }))
        var result: [String: JSONValue] = [
            "box": box(face.box), "emotion": .string(names[face.label]), "confidence": .double(Double(face.confidence)),
            "probabilities": .object(probabilities), "uncertain": .bool(face.isUncertain),
            "warnings": JSONValue(face.warnings.map(\.rawValue)),
        ]
        if let landmarks = face.landmarks {
            result["landmarks"] = [
                "leftEye": point(landmarks.leftEye), "rightEye": point(landmarks.rightEye),
                "nose": point(landmarks.nose), "mouthLeft": point(landmarks.mouthLeft),
                "mouthRight": point(landmarks.mouthRight),
            ]
        }
        return .object(result)
    }

    static func box(_ box: Rectangle) -> JSONValue {
        ["x": .double(box.x), "y": .double(box.y), "width": .double(box.width), "height": .double(box.height)]
    }

    private static func point(_ point: Point) -> JSONValue { [.double(point.x), .double(point.y)] }
}
