import Emotions
import Randomness

/// How the movable parts of a face stand. Zero (1 for `eyeOpening` and `mouthWidth`) is a face at rest; lengths are in
/// face coordinates. What each expression moves follows P. Ekman, W. Friesen, "Facial Action Coding System", 1978.
struct FacialExpression: Equatable {
    /// Brows upwards (action units 1 + 2), or down (4).
    var browRaise: Float = 0
    /// Inner ends of the brows down (positive, 4) or up (negative, 1).
    var browTilt: Float = 0
    /// Factor of the height of the eyes (5).
    var eyeOpening: Float = 1
    /// Lower lids raised by smiling or by disgust (6, 7): 0...1.
    var squint: Float = 0
    /// Outer corners of the eyes down.
    var eyeSlant: Float = 0
    /// Corners of the mouth up (12) or down (15).
    var mouthCurve: Float = 0
    var mouthWidth: Float = 1
    /// Half the gap between the lips (25, 26).
    var mouthOpening: Float = 0
    /// How square the open mouth is: 0...1.
    var mouthSquare: Float = 0
    /// Teeth shown: 0...1 of the opening from above.
    var teeth: Float = 0
    /// One corner of the mouth higher than the other.
    var mouthSkew: Float = 0
    /// Upper lip pulled up (10).
    var upperLip: Float = 0
    /// Strength of wrinkles, 0...1: across the bridge of the nose (9), between the brows (4), over the forehead
    /// (1 + 2), from the nose to the corners of the mouth (10, 12).
    var noseWrinkle: Float = 0
    var frownLines: Float = 0
    var foreheadLines: Float = 0
    var cheekLines: Float = 0

    /// The expression at full strength, in one of the variants that people show.
    static func typical(_ emotion: Emotion, _ random: inout RandomGenerator) -> FacialExpression {
        var e = FacialExpression()
        let variant = random.uniform() < 0.5
        switch emotion {
        case .neutral: break
        case .angry:
            (e.browRaise, e.browTilt, e.frownLines) = (-0.07, 0.17, 1)
            (e.eyeOpening, e.squint, e.eyeSlant) = (0.85, 0.3, -0.03)
            (e.mouthCurve, e.mouthWidth) = (-0.07, 0.9)
            if variant { (e.mouthOpening, e.mouthSquare, e.teeth) = (0.085, 1, 1) }
        case .disgust:
            (e.browRaise, e.browTilt, e.frownLines) = (-0.06, 0.07, 0.3)
            (e.eyeOpening, e.squint) = (0.5, 0.9)
            (e.noseWrinkle, e.cheekLines, e.upperLip) = (1, 1, 0.09)
            (e.mouthCurve, e.mouthWidth) = (-0.1, 0.85)
            e.mouthSkew = variant ? 0.09 : -0.09
        case .fear:
            (e.browRaise, e.browTilt, e.foreheadLines) = (0.06, -0.15, 0.7)
            e.eyeOpening = 1.55
            (e.mouthCurve, e.mouthWidth, e.mouthOpening) = (-0.09, 1.15, 0.06)
            (e.mouthSquare, e.teeth) = (0.6, variant ? 0.4 : 0)
        case .happy:
            (e.eyeOpening, e.squint, e.cheekLines) = (0.8, 0.8, 0.7)
            (e.mouthCurve, e.mouthWidth) = (0.17, 1.2)
            if variant { (e.mouthOpening, e.teeth) = (0.085, 0.7) }
        case .sad:
            (e.browTilt, e.browRaise) = (-0.17, 0)
            (e.eyeOpening, e.eyeSlant) = (0.65, 0.05)
            (e.mouthCurve, e.mouthWidth) = (-0.15, 0.85)
        case .surprise:
            (e.browRaise, e.browTilt, e.foreheadLines) = (0.15, -0.02, 0.8)
            e.eyeOpening = 1.6
            (e.mouthWidth, e.mouthOpening, e.mouthSquare) = (0.55, variant ? 0.2 : 0.14, 0.5)
        case .contempt:
            // One corner of the mouth tightened (14).
            (e.browRaise, e.eyeOpening, e.squint) = (0.03, 0.75, 0.3)
            (e.mouthCurve, e.mouthWidth, e.cheekLines) = (0.03, 0.95, 0.5)
            e.mouthSkew = variant ? 0.16 : -0.16
        }
        return e
    }

    /// A person's version of an expression: between `strength` and full, every part a little different.
    static func drawn(_ emotion: Emotion, strength: ClosedRange<Float>, _ random: inout RandomGenerator)
        -> FacialExpression
    {
        let full = typical(emotion, &random)
        let s = random.uniform(in: strength)
        func vary(_ path: KeyPath<FacialExpression, Float>, _ rest: Float, _ noise: Float) -> Float {
            let own = s * random.uniform(in: 0.8...1.15)
            return rest + (full[keyPath: path] - rest) * own + random.uniform(in: -noise...noise)
        }
        var e = FacialExpression()
        e.browRaise = vary(\.browRaise, 0, 0.02)
        e.browTilt = vary(\.browTilt, 0, 0.025)
        e.eyeOpening = vary(\.eyeOpening, 1, 0.1)
        e.squint = max(0, vary(\.squint, 0, 0.1))
        e.eyeSlant = vary(\.eyeSlant, 0, 0.015)
        e.mouthCurve = vary(\.mouthCurve, 0, 0.02)
        e.mouthWidth = vary(\.mouthWidth, 1, 0.06)
        e.mouthOpening = max(0, vary(\.mouthOpening, 0, 0.008))
        e.mouthSquare = max(0, vary(\.mouthSquare, 0, 0))
        e.teeth = max(0, vary(\.teeth, 0, 0))
        e.mouthSkew = vary(\.mouthSkew, 0, 0.015)
        e.upperLip = max(0, vary(\.upperLip, 0, 0.01))
        e.noseWrinkle = max(0, vary(\.noseWrinkle, 0, 0))
        e.frownLines = max(0, vary(\.frownLines, 0, 0.1))
        e.foreheadLines = max(0, vary(\.foreheadLines, 0, 0.15))
        e.cheekLines = max(0, vary(\.cheekLines, 0, 0.15))
        return e
    }
}
