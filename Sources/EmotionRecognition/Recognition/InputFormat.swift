import NeuralNet

/// How a network wants its pictures: size, grey or colour, and the range of its numbers.
public struct InputFormat: Sendable, Equatable, Codable {
    public var width: Int
    public var height: Int
    /// 1 for grey, 3 for RGB.
    public var channels: Int
    /// What the bytes 0 and 255 become.
    public var black: Float
    public var white: Float

    public init(width: Int = 48, height: Int = 48, channels: Int = 1, black: Float = 0, white: Float = 1) {
        self.width = width
        self.height = height
        self.channels = channels
        self.black = black
        self.white = white
    }

    /// A byte becomes `byte * scale + offset`.
    public var scale: Float { (white - black) / 255 }
    public var offset: Float { black }

    /// `48x48 grey, 0..1`.
    public var summary: String {
        func text(_ value: Float) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
        return "\(width)x\(height) \(channels == 1 ? "grey" : "RGB"), pixels \(text(black))..\(text(white))"
    }
}
