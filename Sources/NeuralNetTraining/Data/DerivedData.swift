import NeuralNetCore
import Threads

/// Data made of another data set; what it does not say itself is the other's.
public protocol DerivedTrainingData: TrainingData {
    /// The other data set.
    associatedtype Base: TrainingData
    /// What the samples are made of.
    var base: Base { get }
}

extension DerivedTrainingData {
    public var count: Int { base.count }
    public var inputShape: Shape { base.inputShape }
    public var targetCount: Int { base.targetCount }
    public var inputShapes: [Shape] { base.inputShapes }
    public var targetCounts: [Int] { base.targetCounts }
    public var hasSampleWeights: Bool { base.hasSampleWeights }
    public func label(of index: Int) -> Int? { base.label(of: index) }
    public func weight(of index: Int) -> Float { base.weight(of: index) }
}

/// Some samples of another data set, in an order of their own.
public struct SubsetData<Base: TrainingData>: DerivedTrainingData {
    /// What the samples are chosen from.
    public let base: Base
    /// Places in `base`; one may come several times.
    public let indices: [Int]

    /// Throws `NeuralNetError.incompatibleData` if the base has no such sample.
    public init(_ base: Base, _ indices: [Int]) throws {
        if let wrong = indices.first(where: { $0 < 0 || $0 >= base.count }) {
            throw NeuralNetError.incompatibleData(expected: "samples in 0..<\(base.count)", received: "\(wrong)")
        }
        self.base = base
        self.indices = indices
    }

    public var count: Int { indices.count }
    public func label(of index: Int) -> Int? { base.label(of: indices[index]) }
    public func weight(of index: Int) -> Float { base.weight(of: indices[index]) }

    public func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) throws {
        try base.write(sample: indices[index], epoch: epoch, input: input, target: target)
    }
}

/// Several data sets of equal shapes, one after another.
public struct ConcatenatedData: TrainingData {
    /// In the order in which their samples lie.
    public let parts: [any TrainingData]
    private let starts: [Int]

    /// Throws `NeuralNetError.incompatibleData` if there are none, or their shapes differ.
    public init(_ parts: [any TrainingData]) throws {
        guard let first = parts.first else {
            throw NeuralNetError.incompatibleData(expected: "data sets", received: "none")
        }
        for part in parts where part.inputShapes != first.inputShapes || part.targetCounts != first.targetCounts {
            throw NeuralNetError.incompatibleData(
                expected: "\(first.inputShapes.listed) with \(first.targetCounts) targets",
                received: "\(part.inputShapes.listed) with \(part.targetCounts)")
        }
        self.parts = parts
        starts = parts.reduce(into: [0]) { $0.append($0.last! + $1.count) }
    }

    public var count: Int { starts.last! }
    public var inputShape: Shape { parts[0].inputShape }
    public var targetCount: Int { parts[0].targetCount }
    public var inputShapes: [Shape] { parts[0].inputShapes }
    public var targetCounts: [Int] { parts[0].targetCounts }
    public var hasSampleWeights: Bool { parts.contains(where: \.hasSampleWeights) }

    private func place(of index: Int) -> (part: any TrainingData, index: Int) {
        let part = starts.lastIndex { $0 <= index }!
        return (parts[part], index - starts[part])
    }

    public func label(of index: Int) -> Int? {
        let place = place(of: index)
        return place.part.label(of: place.index)
    }

    public func weight(of index: Int) -> Float {
        let place = place(of: index)
        return place.part.weight(of: place.index)
    }

    public func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) throws {
        let place = place(of: index)
        try place.part.write(sample: place.index, epoch: epoch, input: input, target: target)
    }
}

/// Samples of another data set, changed in place after they were written: augmentation, noise, other targets.
public struct MappedData<Base: TrainingData>: DerivedTrainingData {
    /// Gets the sample's number, the epoch (nil when it is only measured) and its values.
    public typealias Change =
        @Sendable (Int, Int?, UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) throws -> Void

    /// What is changed; it is written first.
    public let base: Base
    private let change: Change

    /// What `change` throws ends the run as `NeuralNetError.sample`.
    public init(_ base: Base, _ change: @escaping Change) {
        self.base = base
        self.change = change
    }

    public func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) throws {
        try base.write(sample: index, epoch: epoch, input: input, target: target)
        try change(
            index, epoch, UnsafeMutableBufferPointer(start: input, count: base.inputCount),
            UnsafeMutableBufferPointer(start: target, count: base.targetCount))
    }
}

/// Keeps each sample of another data set after it was made for the first time: for data that is slow to decode and the same
/// in every epoch. Takes 4 bytes per value.
public final class CachedData<Base: TrainingData>: DerivedTrainingData {
    /// What is kept; asked without an epoch, so that its augmentation does not apply.
    public let base: Base
    private let made: Guarded<[[Float]?]>

    /// Nothing is made before it is asked for.
    public init(_ base: Base) {
        self.base = base
        made = Guarded(Array(repeating: nil, count: base.count))
    }

    public func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) throws {
        let inputCount = base.inputCount, targetCount = base.targetCount
        if let values = made.withLock({ $0[index] }) {
            values.withUnsafeBufferPointer {
                input.update(from: $0.baseAddress!, count: inputCount)
                target.update(from: $0.baseAddress! + inputCount, count: targetCount)
            }
            return
        }
        try base.write(sample: index, epoch: nil, input: input, target: target)
        let values =
            Array(UnsafeBufferPointer(start: input, count: inputCount))
            + Array(UnsafeBufferPointer(start: target, count: targetCount))
        made.withLock { $0[index] = values }
    }
}

/// Samples that a closure makes when they are needed: decoded from files, drawn, asked for.
public struct GeneratedData: TrainingData {
    /// Gets the sample's number, the epoch (nil when it is only measured) and where its values go.
    public typealias Make =
        @Sendable (Int, Int?, UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) throws -> Void

    /// Samples.
    public let count: Int
    /// Without the batch, one for each input.
    public let inputShapes: [Shape]
    /// Values per target, for each output.
    public let targetCounts: [Int]
    private let make: Make
    private let labels: [Int]

    /// So many samples of these shapes; `labels` has the class of each, or none for other tasks. Throws
    /// `NeuralNetError.incompatibleData` if the counts do not fit.
    public init(
        count: Int, inputShapes: [Shape], targetCounts: [Int], labels: [Int] = [], make: @escaping Make
    ) throws {
        guard !inputShapes.isEmpty, !targetCounts.isEmpty, labels.isEmpty || labels.count == count else {
            throw NeuralNetError.incompatibleData(
                expected: "inputs, targets, and \(count) labels or none",
                received: "\(inputShapes.count) inputs, \(targetCounts.count) targets, \(labels.count) labels")
        }
        self.count = count
        self.inputShapes = inputShapes
        self.targetCounts = targetCounts
        self.labels = labels
        self.make = make
    }

    public var inputShape: Shape {
        inputShapes.count == 1 ? inputShapes[0] : [inputShapes.reduce(0) { $0 + $1.reduce(1, *) }]
    }
    public var targetCount: Int { targetCounts.reduce(0, +) }
    public func label(of index: Int) -> Int? { labels.isEmpty ? nil : labels[index] }

    public func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) throws {
        try make(
            index, epoch, UnsafeMutableBufferPointer(start: input, count: inputCount),
            UnsafeMutableBufferPointer(start: target, count: targetCount))
    }
}
