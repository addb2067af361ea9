import FaceVision
import NeuralNet

/// Heat maps laid over a photo.
public enum HeatOverlay {
    /// The photo with the heat of each face over it, from blue (none) to yellow (the face's most), and a line around what
    /// the network saw. Photos are enlarged so that the largest face has 240 pixels, but not beyond 1920 pixels.
    public static func draw(
        _ photo: Image, _ faces: [FaceExplainer.Explanation], input: InputFormat
    ) -> Image {
        let face = faces.map { max($0.box.width, $0.box.height) }.max() ?? 240
        let wanted = Int((240 / max(face, 1)).rounded(.up)), possible = 1920 / max(photo.width, photo.height)
        let factor = max(1, min(wanted, possible))
        let large = photo.resized(width: photo.width * factor, height: photo.height * factor)
        var pixels = large.pixels
        if large.channels == 1 { pixels = large.pixels.flatMap { [$0, $0, $0] } }
        // The largest face comes first and is drawn last.
        for face in faces.reversed() {
            paint(face, on: &pixels, width: large.width, height: large.height, factor: Double(factor), input)
        }
        return Image(width: large.width, height: large.height, channels: 3, pixels: pixels)
    }

    private static func paint(
        _ face: FaceExplainer.Explanation, on pixels: inout [UInt8], width: Int, height: Int, factor: Double,
        _ input: InputFormat
    ) {
        let largest = face.heat.values.max() ?? 0
        let scaled = input.scaledSize
        // The share of the square that the network sees.
        let shareX = Double(input.width) / Double(scaled.width), shareY = Double(input.height) / Double(scaled.height)
        let rim = face.square.map { 1.5 / max(1, $0.side * factor) } ?? 0
        for y in 0..<height {
            for x in 0..<width {
                let place =
                    face.square?.place(x: (Double(x) + 0.5) / factor, y: (Double(y) + 0.5) / factor)
                    ?? (x: (Double(x) + 0.5) / Double(width), y: (Double(y) + 0.5) / Double(height))
                let inside = min(place.x, place.y, 1 - place.x, 1 - place.y)
                guard inside > -rim else { continue }
                let at = (y * width + x) * 3
                if inside < rim {
                    for channel in 0..<3 { pixels[at + channel] = 255 }
                    continue
                }
                let u = (place.x - 0.5) / shareX + 0.5, v = (place.y - 0.5) / shareY + 0.5
                guard (0...1).contains(u), (0...1).contains(v) else { continue }
                let heat = largest > 0 ? face.heat.value(x: u, y: v) / largest : 0
                blend(&pixels, at, heat)
            }
        }
    }

    /// Mixes the colour of a heat of 0...1 into a pixel, which turns grey.
    private static func blend(_ pixels: inout [UInt8], _ at: Int, _ heat: Float) {
        let colour = colour(heat), share = 0.3 + 0.35 * heat
        let grey = 0.299 * Float(pixels[at]) + 0.587 * Float(pixels[at + 1]) + 0.114 * Float(pixels[at + 2])
        for channel in 0..<3 {
            let value = grey * (1 - share) + colour[channel] * share
            pixels[at + channel] = UInt8(min(255, value + 0.5))
        }
    }

    /// Five points of matplotlib's "viridis" (S. van der Walt, N. Smith), whose brightness grows evenly.
    private static let stops: [[Float]] = [
        [68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37],
    ]

    private static func colour(_ heat: Float) -> [Float] {
        let position = min(max(heat, 0), 1) * Float(stops.count - 1)
        let first = min(Int(position), stops.count - 2), share = position - Float(first)
        return zip(stops[first], stops[first + 1]).map { $0 + ($1 - $0) * share }
    }
}

extension GradCAM.Map {
    /// The heat at a place (0...1 from left to right and top to bottom), bilinear between the middles of the cells.
    func value(x: Double, y: Double) -> Float {
        let column = min(max(Float(x) * Float(width) - 0.5, 0), Float(width - 1))
        let row = min(max(Float(y) * Float(height) - 0.5, 0), Float(height - 1))
        let left = Int(column), top = Int(row)
        let right = min(left + 1, width - 1), bottom = min(top + 1, height - 1)
        let a = column - Float(left), b = row - Float(top)
        let upper = values[top * width + left] * (1 - a) + values[top * width + right] * a
        let lower = values[bottom * width + left] * (1 - a) + values[bottom * width + right] * a
        return upper * (1 - b) + lower * b
    }
}
