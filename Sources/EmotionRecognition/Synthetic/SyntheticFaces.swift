import Emotions
import FaceVision
import Randomness

/// Drawn faces with the expressions of emotions, for demonstrations and tests that download nothing.
///
/// Heads, hair, tones, pose, light, background, occlusion and noise vary at random; only the expression carries the
/// class. A linear model on the pixels learns little from them, a convolutional network nearly everything. They are
/// drawings: a model trained on them says nothing about photographs.
public struct SyntheticFaces: Sendable {
    /// Decides everything about the drawings.
    public let seed: UInt64
    /// The weakest and the strongest expression drawn, as shares of the full one.
    public var strength: ClosedRange<Float> = 0.75...1.1

    public init(seed: UInt64 = 1) {
        self.seed = seed
    }

    /// Faces with the emotions in turn, FER2013's seven unless others are named: `training` in the split `.training`, then `test` in `.publicTest`. Equal seeds
    /// give equal bytes; each picture depends only on the seed, its split and its place, so a smaller set is the
    /// beginning of a larger one.
    ///
    /// Cost: about a quarter of a millisecond per picture of 48 x 48.
    public func dataset(
        training: Int = 4000, test: Int = 1000, size: Int = 48, emotions: [Emotion] = EmotionSelection.seven.emotions
    ) -> FaceDataset {
        var dataset = FaceDataset(size: size, classNames: emotions.map(\.name))
        guard !emotions.isEmpty else { return dataset }
        dataset.reserve(training + test)
        for number in 0..<training + test {
            let (split, index) = place(number, training: training)
            face(number, training: training, size: size, emotions: emotions).pixels.withUnsafeBufferPointer {
                dataset.add($0, label: index % emotions.count, split: split, name: "face \(dataset.count + 1)")
            }
        }
        return dataset
    }

    /// The split of a picture, counted over both, and its place there.
    func place(_ number: Int, training: Int) -> (split: FaceDataset.Split, index: Int) {
        number < training ? (.training, number) : (.publicTest, number - training)
    }

    /// One picture of a data set.
    func face(_ number: Int, training: Int, size: Int, emotions: [Emotion]) -> Image {
        let (split, index) = place(number, training: training)
        var random = RandomGenerator(seed: seed, streams: split == .training ? 0 : 1, UInt64(index))
        return draw(emotions[index % emotions.count], size: size, random: &random)
    }

    /// One grey face, `size` square.
    public func draw(_ emotion: Emotion, size: Int = 48, random: inout RandomGenerator) -> Image {
        let person = SyntheticPerson(&random)
        let expression = FacialExpression.drawn(emotion, strength: strength, &random)
        var picture = FacePicture(person: person, expression: expression, size: size, &random)
        picture.paint(&random)
        return picture.develop(&random)
    }
}

/// What makes one drawn person differ from another.
struct SyntheticPerson {
    enum Hair: CaseIterable {
        case none, short, fringe, long
    }

    /// Tones, 0...255.
    var skin: Float
    var hairTone: Float
    var backgroundTone: Float
    var clothesTone: Float
    var hair: Hair
    var hasEars: Bool
    var hasGlasses: Bool
    var hasMoustache: Bool
    var headWidth: Float
    var headHeight: Float
    /// How much the head narrows towards the chin.
    var chin: Float
    var eyeDistance: Float
    var eyeWidth: Float
    var eyeHeight: Float
    var browWidth: Float
    var browHeight: Float
    var browLength: Float
    var noseLength: Float
    var noseWidth: Float
    var mouthHeight: Float
    var mouthWidth: Float
    var lips: Float

    init(_ random: inout RandomGenerator) {
        skin = random.uniform(in: 90...220)
        hairTone = random.uniform(in: 10...85)
        if random.uniform() < 0.2, skin < 170 { hairTone = random.uniform(in: 190...240) }
        backgroundTone = random.uniform(in: 0...255)
        clothesTone = random.uniform(in: 20...230)
        hair = Hair.allCases[random.integer(below: Hair.allCases.count)]
        hasEars = random.uniform() < 0.6
        hasGlasses = random.uniform() < 0.15
        hasMoustache = random.uniform() < 0.1
        headWidth = random.uniform(in: 0.66...0.8)
        headHeight = random.uniform(in: 0.9...1.02)
        chin = random.uniform(in: 0.05...0.3)
        eyeDistance = random.uniform(in: 0.28...0.36)
        eyeWidth = random.uniform(in: 0.13...0.17)
        eyeHeight = random.uniform(in: 0.06...0.08)
        browWidth = random.uniform(in: 0.025...0.05)
        browHeight = random.uniform(in: 0.19...0.23)
        browLength = random.uniform(in: 0.85...1.15)
        noseLength = random.uniform(in: 0.24...0.32)
        noseWidth = random.uniform(in: 0.07...0.11)
        mouthHeight = random.uniform(in: 0.47...0.55)
        mouthWidth = random.uniform(in: 0.25...0.31)
        lips = random.uniform(in: 0.02...0.05)
    }
}
