/// How a network wants its pictures: size, grey or colour, and the range of its numbers.
public struct InputFormat: Sendable, Equatable {
    /// Of what the network sees, in pixels.
    public var width: Int
    /// Of what the network sees, in pixels.
    public var height: Int
    /// 1 for grey, 3 for RGB.
    public var channels: Int
    /// What the bytes 0 and 255 become.
    public var black: Float
    /// See `black`; the other bytes lie evenly between.
    public var white: Float
    /// Pictures are brought to this width and height first, and the network sees their centre; nil if it sees all.
    public var pictureSize: Int?
    /// Done at `pictureSize`, before the centre is cut out; nil for nothing.
    public var equalisation: Equalisation?
    /// The light that the network knows: pictures are brought to it, at `pictureSize`; nil if they are taken as they are.
    public var light: LightRange?
    /// The network's three channels are all the grey picture, not its colours; nil for no.
    public var repeatsGrey: Bool?

    /// The largest `pictureSize` that files may ask for.
    static let largestPicture = 512
    /// The largest `black` and `white`, either way.
    static let largestValue: Float = 1e6

    /// By default FER2013's pictures in 0...1.
    public init(width: Int = 48, height: Int = 48, channels: Int = 1, black: Float = 0, white: Float = 1) {
        self.width = width
        self.height = height
        self.channels = channels
        self.black = black
        self.white = white
    }

    var equalises: Bool { equalisation == .histogram }
    /// Whether the network does without the picture's colours.
    var isGrey: Bool { channels == 1 || repeatsGrey == true }
    /// Whether the network looks at colours.
    public var needsColor: Bool { !isGrey }

    /// Width and height that pictures are brought to before the centre is cut out.
    public var scaledSize: (width: Int, height: Int) { (pictureSize ?? width, pictureSize ?? height) }

    /// A byte becomes `byte * scale + offset`.
    public var scale: Float { (white - black) / 255 }
    /// See `scale`.
    public var offset: Float { black }

    /// `48x48 grey, 0..1`.
    public var summary: String {
        func text(_ value: Float) -> String { Int(exactly: value).map { "\($0)" } ?? "\(value)" }
        let crop = pictureSize.map { " from the centre of \($0)x\($0)" } ?? ""
        let colour = channels == 1 ? "grey" : repeatsGrey == true ? "grey three times" : "RGB"
        let equal = equalises ? ", histogram equalised" : ""
        let light = light == nil ? "" : ", in the light of its training pictures"
        return "\(width)x\(height) \(colour)\(crop)\(equal)\(light), pixels \(text(black))..\(text(white))"
    }
}

#if !hasFeature(Embedded)
    extension InputFormat: Codable {}
#endif
