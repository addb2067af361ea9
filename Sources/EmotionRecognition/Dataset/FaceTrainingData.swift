import NeuralNet

/// Part of a `FaceDataset` as the trainer and the evaluator want it: scaled to what the model expects, augmented
/// while training.
public struct FaceTrainingData: TrainingData {
    public let dataset: FaceDataset
    /// Places in the data set.
    public let indices: [Int]
    public let scale: Float
    public let offset: Float
    /// Applied only when an epoch is given.
    public let augmentation: Augmentation
    public let seed: UInt64

    /// `scale` and `offset` turn a byte into the model's range: `byte * scale + offset`.
    public init(
        _ dataset: FaceDataset, indices: [Int], scale: Float = 1 / 255, offset: Float = 0,
        augmentation: Augmentation = .none, seed: UInt64 = 1
    ) {
        self.dataset = dataset
        self.indices = indices
        self.scale = scale
        self.offset = offset
        self.augmentation = augmentation
        self.seed = seed
    }

    public var count: Int { indices.count }
    public var inputShape: Shape { [dataset.size, dataset.size, 1] }
    public var targetCount: Int { dataset.classNames.count }

    public func label(of index: Int) -> Int? { Int(dataset.labels[indices[index]]) }

    public func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) {
        let place = indices[index]
        dataset.pixels.withUnsafeBufferPointer { pixels in
            let source = pixels.baseAddress! + place * dataset.imageBytes
            if let epoch, augmentation != .none {
                var random = RandomGenerator(seed: seed, streams: UInt64(epoch), UInt64(place))
                augmentation.apply(
                    source, size: dataset.size, scale: scale, offset: offset, to: input, random: &random)
            } else {
                for i in 0..<dataset.imageBytes { input[i] = Float(source[i]) * scale + offset }
            }
        }
        target.update(repeating: 0, count: targetCount)
        target[Int(dataset.labels[place])] = 1
    }
}
