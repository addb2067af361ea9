import CKernels
import Randomness
import Synchronization

/// All weights of a model in one block: the trainable ones first, then running statistics.
///
/// Many threads can read at once, executors among them; who changes weights waits for them, and they wait for it. So a
/// model can be trained while others predict with it: each of their passes sees the weights as they are between two steps.
/// Reading costs two atomic operations per pass.
public final class Weights: @unchecked Sendable {
    // Safe to share: the block is allocated once, and its values are touched between `begin...` and `end` of `lock` only;
    // `version` is atomic.

    /// Where one weight tensor lies in the block.
    public struct Entry: Sendable {
        /// The layer's name in the model.
        public let layer: String
        /// Name, shape and first values.
        public let specification: ParameterSpecification
        /// Where it begins in the block, in floats.
        public let offset: Int
    }

    /// All tensors, in the order of the layers; within a layer in Keras's.
    public let entries: [Entry]
    /// Floats in the whole block, padding included.
    public let count: Int
    /// Floats of the block that gradients exist for.
    public let trainableCount: Int
    /// For those who hold `lock`, or know that nobody else has the model.
    package let values: UnsafeMutablePointer<Float>
    private let lock = ReadersWriterLock()
    private let counter = Atomic<UInt64>(1)

    /// Grows with each announced change; executors prepare the weights anew when it differs.
    public var version: UInt64 { counter.load(ordering: .acquiring) }

    /// Must be called after writing to `values`.
    package func didChange() { counter.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    /// Whether there are no values at all, see `init(template:)`.
    let isTemplate: Bool

    convenience init(specifications: [(layer: String, specification: ParameterSpecification)], seed: UInt64) {
        self.init(specifications, isTemplate: false)
        initialize(seed: seed)
    }

    /// The entries of a model that only serves to be called by others: without values.
    convenience init(template specifications: [(layer: String, specification: ParameterSpecification)]) {
        self.init(specifications, isTemplate: true)
    }

    private init(_ specifications: [(layer: String, specification: ParameterSpecification)], isTemplate: Bool) {
        self.isTemplate = isTemplate
        var offsets = [Int](repeating: 0, count: specifications.count)
        var total = 0
        var trainable = 0
        for pass in [true, false] {
            for (i, item) in specifications.enumerated() where item.specification.isTrainable == pass {
                offsets[i] = total
                total += (item.specification.count + 15) / 16 * 16  // each tensor starts on a cache line
            }
            if pass { trainable = total }
        }
        entries = zip(specifications, offsets).map {
            Entry(layer: $0.0.layer, specification: $0.0.specification, offset: $0.1)
        }
        count = total
        trainableCount = trainable
        values = AlignedMemory.allocate(floats: isTemplate ? 16 : max(total, 16))
    }

    /// The same values with other tensors trainable.
    convenience init(copying other: Weights, isTrainable: [Bool]) {
        self.init(
            zip(other.entries, isTrainable).map { entry, isTrainable in
                var specification = entry.specification
                specification.isTrainable = isTrainable
                return (entry.layer, specification)
            }, isTemplate: false)
        other.withUnsafeValues { _ in
            for index in entries.indices { _ = buffer(index).update(from: other.buffer(index)) }
        }
    }

    init(copying other: Weights) {
        isTemplate = other.isTemplate
        entries = other.entries
        count = other.count
        trainableCount = other.trainableCount
        values = AlignedMemory.allocate(floats: max(count, 16))
        other.withUnsafeValues { values.update(from: $0, count: count) }
    }

    deinit { AlignedMemory.free(values) }

    /// Gives every weight its first value; each tensor's values depend only on the seed and its place.
    public func initialize(seed: UInt64) {
        withUnsafeMutableValues { _ in
            for (i, entry) in entries.enumerated() {
                var random = RandomGenerator(seed: seed, streams: UInt64(i))
                let specification = entry.specification
                let buffer = buffer(i)
                specification.initializer.fill(
                    buffer, fanIn: specification.fanIn, fanOut: specification.fanOut,
                    columns: specification.shape.last ?? 1, random: &random)
                if let values = specification.firstValues { _ = buffer.update(fromContentsOf: values) }
            }
        }
    }

    /// Calls `body` with all values, laid out as `entries` say. They must not be changed there, nor the pointer kept.
    public func withUnsafeValues<Result, Failure: Error>(
        _ body: (UnsafePointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.beginReading()
        defer { lock.end() }
        return try body(values)
    }

    /// The same for changing them. Nothing may run this model or look at its weights in `body`, nor may the pointer be kept.
    public func withUnsafeMutableValues<Result, Failure: Error>(
        _ body: (UnsafeMutablePointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.beginWriting()
        defer {
            didChange()
            lock.end()
        }
        return try body(values)
    }

    /// For a pass of an executor: one of training changes running statistics, which is no news to those who prepare weights.
    package func withAccess(changingStatistics: Bool, _ body: () -> Void) {
        if changingStatistics { lock.beginWriting() } else { lock.beginReading() }
        defer { lock.end() }
        body()
    }

    /// The values of one tensor, under the rule of `values`.
    package func buffer(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(
            start: values + entries[index].offset, count: entries[index].specification.count)
    }

    /// A copy of one tensor's values; traps, as arrays do, for a place where there is none.
    public func array(_ index: Int) -> [Float] { withUnsafeValues { _ in Array(buffer(index)) } }

    /// Replaces one tensor's values. Throws `NeuralNetError.incompatibleData` for a tensor that there is not, and for another
    /// number of values than it has.
    public func set(_ index: Int, _ newValues: [Float]) throws(NeuralNetError) {
        guard entries.indices.contains(index) else {
            throw .incompatibleData(expected: "a tensor in 0..<\(entries.count)", received: "\(index)")
        }
        let target = buffer(index), entry = entries[index]
        guard newValues.count == target.count else {
            throw .incompatibleData(
                expected: "\(target.count) values for \(entry.layer)/\(entry.specification.name)",
                received: "\(newValues.count)")
        }
        withUnsafeMutableValues { _ in _ = target.update(from: newValues) }
    }

    /// Index of the tensor `name` of the layer.
    public func index(layer: String, name: String) -> Int? {
        entries.firstIndex { $0.layer == layer && $0.specification.name == name }
    }
}
