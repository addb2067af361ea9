import Emotions
import FaceVision

/// Draws faces into pictures: boxes, labels, landmarks.
public enum FaceAnnotator {
    /// The colour of a class: the same for an emotion wherever it is shown.
    public static func color(_ name: String, index: Int) -> Color {
        if let color = Emotion(name: name)?.traits.color { return Color(color.red, color.green, color.blue) }
        let palette = [
            Color(42, 157, 143), Color(231, 111, 81), Color(38, 120, 180), Color(233, 196, 106), Color(140, 90, 160),
        ]
        return palette[index % palette.count]
    }

    /// The picture in colour with its faces drawn in. Cost: about 0.2 ms for 640 x 480, besides a copy.
    public static func annotate(_ image: Image, _ faces: [FaceReading], classNames: [String]) -> Image {
        var result = image.rgb
        let scale = max(1, min(image.width, image.height) / 240)
        // The largest last: it stays on top.
        for face in faces.sorted(by: { $0.box.area < $1.box.area }) {
            let color = color(classNames[face.label], index: face.label)
            result.outline(face.box, color, thickness: scale + 1)
            if let points = face.landmarks {
                for point in [points.leftEye, points.rightEye, points.nose, points.mouthLeft, points.mouthRight] {
                    result.dot(point, radius: Double(scale) + 0.5, color)
                }
            }
            write(label(face, classNames), over: face.box, scale: scale, color, into: &result)
        }
        return result
    }

    /// `2 happy 83 %`, with a question mark where it is uncertain.
    static func label(_ face: FaceReading, _ classNames: [String]) -> String {
        let percentage = face.confidence.isFinite ? Int((min(max(face.confidence, 0), 1) * 100).rounded()) : 0
        let number = face.identity.map { "\($0) " } ?? ""
        return "\(number)\(classNames[face.label])\(face.isUncertain ? "?" : "") \(percentage) %"
    }

    /// Above the box where there is room, else inside it.
    private static func write(_ text: String, over box: Rectangle, scale: Int, _ color: Color, into image: inout Image)
    {
        guard abs(box.x) < 1e6, abs(box.y) < 1e6 else { return }
        let size = Image.sizeOfText(text, scale: scale), padding = 2 * scale
        let width = size.width + 2 * padding, height = size.height + 2 * padding
        let x = max(0, min(Int(box.x.rounded()), image.width - width))
        let above = Int(box.y.rounded()) - height
        let y = above >= 0 ? above : max(0, Int(box.y.rounded()))
        image.fill(x: x, y: y, width: width, height: height, color, opacity: 0.85)
        image.write(text, x: x + padding, y: y + padding, scale: scale, color.isLight ? .black : .white)
    }
}
