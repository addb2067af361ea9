import Report

/// Results as a table: a row per face and frame.
public struct FrameCSV: Sendable {
    private let classNames: [String]

    /// Gets the names that the readings' labels stand for: `FaceReader.classNames`.
    public init(classNames: [String]) { self.classNames = classNames }

    /// The names of the columns.
    public var header: String {
        let fixed = [
            "source", "time", "frame", "track", "x", "y", "width", "height", "label", "confidence", "uncertain",
            "warnings", "score",
        ]
        return (fixed + classNames).map(Self.field).joined(separator: ",")
    }

    /// The rows of one frame; none without faces.
    public func rows(_ result: FrameResult) -> [String] {
        result.faces.map { face in
            let fields =
                [
                    result.source, decimal(result.time, 3), "\(result.index)", face.identity.map { "\($0)" } ?? "",
                    decimal(face.box.x, 1), decimal(face.box.y, 1), decimal(face.box.width, 1),
                    decimal(face.box.height, 1), classNames[face.label], decimal(Double(face.confidence), 4),
                    face.isUncertain ? "1" : "0", face.warnings.map(\.rawValue).joined(separator: " "),
                    face.score.map { decimal($0, 4) } ?? "",
                ] + face.probabilities.map { decimal(Double($0), 4) }
            return fields.map(Self.field).joined(separator: ",")
        }
    }

    /// Quoted where RFC 4180 wants it.
    private static func field(_ text: String) -> String {
        let needsQuotes = text.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
        return needsQuotes
            ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
            : text
    }
}
