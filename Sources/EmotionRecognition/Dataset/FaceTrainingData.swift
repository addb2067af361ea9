import FaceVision
import NeuralNet
import Randomness

/// Part of a `FaceDataset` as the trainer and the evaluator want it: scaled to what the model expects, augmented
/// while training.
public struct FaceTrainingData: TrainingData {
    /// What the pictures are taken from.
    public let dataset: FaceDataset
    /// Places in the data set.
    public let indices: [Int]
    /// A byte becomes `byte * scale + offset`.
    public let scale: Float
    /// See `scale`.
    public let offset: Float
    /// Applied only when an epoch is given.
    public let augmentation: Augmentation
    /// With epoch and picture it decides each augmentation, and votes that are drawn.
    public let seed: UInt64
    /// From this epoch on (counted from 0) another, weaker augmentation applies.
    public package(set) var finish: (epoch: Int, augmentation: Augmentation) = (Int.max, .none)
    /// What the model sees of pictures that are not augmented.
    public var view = FaceView.centre
    /// Width and height of what the model sees.
    public let cropSize: Int
    /// 1, or 3 for the grey picture in each.
    public var channels = 1
    /// Done to the whole picture, before it is augmented or cut.
    public var equalisation = Equalisation.none
    /// Of the model, for pictures it is asked about; those it learns from are as they are.
    var light: LightRange?
    /// The model's class for each class of the data set.
    private let labelMap: [Int]
    /// The number of classes.
    public let targetCount: Int

    /// `scale` and `offset` turn a byte into the model's range: `byte * scale + offset`. `cropSize` cuts the centre out.
    /// Throws `RecognitionError.incompatibleData` for places that the data set lacks and for a centre larger than its
    /// pictures, `RecipeProblem` for an augmentation that recipes do not allow.
    public init(
        _ dataset: FaceDataset, indices: [Int], scale: Float = 1 / 255, offset: Float = 0, cropSize: Int? = nil,
        augmentation: Augmentation = .none, seed: UInt64 = 1
    ) throws {
        try Self.check(dataset, indices, cropSize: cropSize ?? dataset.size)
        if let problem = augmentation.problemOfFields { throw problem }
        self.dataset = dataset
        self.indices = indices
        self.scale = scale
        self.offset = offset
        self.augmentation = augmentation
        self.seed = seed
        self.cropSize = cropSize ?? dataset.size
        labelMap = Array(dataset.classNames.indices)
        targetCount = dataset.classNames.count
    }

    /// Of data whose classes are numbered otherwise than the model's: `labelMap` has the model's class for each.
    init(
        _ dataset: FaceDataset, indices: [Int], scale: Float, offset: Float, cropSize: Int, labelMap: [Int],
        classes: Int
    ) throws {
        try Self.check(dataset, indices, cropSize: cropSize)
        self.dataset = dataset
        self.indices = indices
        self.scale = scale
        self.offset = offset
        self.cropSize = cropSize
        self.labelMap = labelMap
        augmentation = .none
        seed = 0
        targetCount = classes
    }

    private static func check(_ dataset: FaceDataset, _ indices: [Int], cropSize: Int) throws {
        if let wrong = indices.first(where: { !dataset.labels.indices.contains($0) }) {
            throw RecognitionError.incompatibleData(expected: "pictures in 0..<\(dataset.count)", received: "\(wrong)")
        }
        guard (1...dataset.size).contains(cropSize) else {
            throw RecognitionError.incompatibleData(
                expected: "a centre of 1 to \(dataset.size) pixels, the pictures' size", received: "\(cropSize)")
        }
    }

    public var count: Int { indices.count }
    public var inputShape: Shape { [cropSize, cropSize, channels] }

    public func label(of index: Int) -> Int? { labelMap[Int(dataset.labels[indices[index]])] }

    public func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) throws {
        let place = indices[index]
        if let packed = dataset.packed {
            try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: dataset.imageBytes) { picture in
                try packed.read(place, into: picture.baseAddress!)
                prepare(UnsafePointer(picture.baseAddress!), place, epoch, to: input)
            }
        } else {
            dataset.withUnsafePixels { pixels in
                prepare(pixels.baseAddress! + place * dataset.imageBytes, place, epoch, to: input)
            }
        }
        if channels == 3 { repeatGrey(input) }
        writeTarget(place, epoch, to: target)
    }

    /// Brings a picture to the model's light, equalises and writes it.
    private func prepare(
        _ source: UnsafePointer<UInt8>, _ place: Int, _ epoch: Int?, to input: UnsafeMutablePointer<Float>
    ) {
        let light = epoch == nil ? self.light : nil
        guard equalisation == .histogram || light != nil else { return write(source, place, epoch, to: input) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: dataset.imageBytes) { changed in
            var from = source
            if let light, light.apply(source, count: dataset.imageBytes, to: changed.baseAddress!) {
                from = UnsafePointer(changed.baseAddress!)
            }
            if equalisation == .histogram {
                HistogramEqualisation.apply(from, count: dataset.imageBytes, to: changed.baseAddress!)
                from = UnsafePointer(changed.baseAddress!)
            }
            write(from, place, epoch, to: input)
        }
    }

    private func writeTarget(_ place: Int, _ epoch: Int?, to target: UnsafeMutablePointer<Float>) {
        target.update(repeating: 0, count: targetCount)
        guard epoch != nil, let votes = dataset.votes else { return target[labelMap[Int(dataset.labels[place])]] = 1 }
        let shares = votes.shares(place)
        if votes.targets == .drawn {
            // A stream of its own, so that pictures change as they do with other targets.
            var random = RandomGenerator(seed: seed, streams: UInt64(epoch!), UInt64(place), 1)
            let drawn = shares.indices.dropLast().reduce((left: random.uniform(), label: shares.startIndex)) {
                $0.left < shares[$1] || $0.label < $1 ? $0 : ($0.left - shares[$1], $1 + 1)
            }
            return target[labelMap[drawn.label - shares.startIndex]] = 1
        }
        for (label, share) in shares.enumerated() { target[labelMap[label]] += share }
    }

    private func write(
        _ source: UnsafePointer<UInt8>, _ place: Int, _ epoch: Int?, to input: UnsafeMutablePointer<Float>
    ) {
        let augmentation = epoch.map { $0 < finish.epoch ? self.augmentation : finish.augmentation } ?? .none
        if let epoch, augmentation != .none {
            var random = RandomGenerator(seed: seed, streams: UInt64(epoch), UInt64(place))
            augmentation.apply(
                source, size: dataset.size, cropSize: cropSize, scale: scale, offset: offset, to: input,
                random: &random)
        } else {
            view.write(
                source, width: dataset.size, height: dataset.size, cropWidth: cropSize, cropHeight: cropSize,
                scale: scale, offset: offset, to: input)
        }
    }

    /// Spreads the first third over all channels, from the end, so that nothing is overwritten before it is read.
    private func repeatGrey(_ input: UnsafeMutablePointer<Float>) {
        for i in stride(from: cropSize * cropSize - 1, through: 0, by: -1) {
            let value = input[i]
            for channel in 0..<3 { input[3 * i + channel] = value }
        }
    }
}
