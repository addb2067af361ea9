import CKernels
import NeuralNetCore

/// An optimizer at work on a model: its moments, its count of steps, and the step itself. For training loops of one's own;
/// `Trainer` uses it too.
///
/// A step allocates nothing. Belongs to one thread at a time.
public final class OptimizerState {
    /// Its hyper-parameters are fixed; `step` takes other learning rates.
    public let optimizer: any Optimizer
    /// Whose weights are updated.
    public let model: Model
    /// What happens to the gradients before they are used, in this order.
    public var transforms: [any GradientTransform]
    /// Steps done.
    public internal(set) var iteration = 0

    private let threads: ThreadPool
    /// All slots, one behind the other.
    private let memory: UnsafeMutablePointer<Float>
    private let stride: Int
    private let slotCount: Int
    private let partialSums: UnsafeMutablePointer<Double>
    /// Per entry of the weights.
    private let decays: [Float]
    private let rates: [Float]
    /// One piece per thread, for optimizers that want it.
    private let scratch: UnsafeMutablePointer<Float>?
    private let scratchSize: Int
    /// For optimizers that see whole tensors: the thread that does each entry.
    private let threadOf: [Int]

    /// Allocates the moments. `groups` give layers rates and decays of their own; weights whose name is in
    /// `excludedFromWeightDecay` (`bias`, say) have none. Throws `NeuralNetError.invalidSetting` for a group that matches
    /// nothing.
    public init(
        _ optimizer: any Optimizer, for model: Model, groups: [ParameterGroup] = [],
        excludedFromWeightDecay: Set<String> = [], transforms: [any GradientTransform] = [], threads: ThreadPool
    ) throws {
        let entries = model.weights.entries
        for group in groups {
            for pattern in group.patterns
            where !entries.contains(where: { ParameterGroup([pattern]).matches($0) }) {
                throw NeuralNetError.invalidSetting(
                    "no weights are called '\(pattern)'; there are layers such as "
                        + "'\(entries.first?.layer ?? "")'")
            }
        }
        self.optimizer = optimizer
        self.model = model
        self.transforms = transforms
        self.threads = threads
        let chosen = entries.map { entry in groups.first { $0.matches(entry) } }
        rates = chosen.map { $0?.learningRateFactor ?? 1 }
        decays = zip(entries, chosen).map { entry, group in
            if let decay = group?.weightDecay { return decay }
            return excludedFromWeightDecay.contains(entry.specification.name) ? 0 : optimizer.weightDecay
        }
        stride = model.weights.trainableCount
        slotCount = optimizer.slots.count
        memory = AlignedMemory.allocate(floats: stride * slotCount)
        if optimizer.initialSlotValue != 0 {
            memory.update(repeating: optimizer.initialSlotValue, count: stride * slotCount)
        }
        partialSums = .allocate(capacity: threads.count)
        let size = entries.map { optimizer.scratchCount($0.specification.shape) }.max() ?? 0
        scratchSize = (size + 15) / 16 * 16
        scratch = size > 0 ? AlignedMemory.allocate(floats: scratchSize * threads.count) : nil
        threadOf = optimizer.updatesWholeTensors ? OptimizerState.divide(entries, threads.count) : []
    }

    deinit {
        AlignedMemory.free(memory)
        AlignedMemory.free(scratch)
        partialSums.deallocate()
    }

    /// Bytes of moments.
    public var memorySize: Int { slotCount * stride * MemoryLayout<Float>.stride }

    /// The moments by name, to be saved and filled again; valid while this lives.
    var arrays: [(name: String, values: UnsafeMutableBufferPointer<Float>)] {
        optimizer.slots.enumerated().map {
            ($1, UnsafeMutableBufferPointer(start: memory + $0 * stride, count: stride))
        }
    }

    /// Applies gradients that are laid out as the weights (`Executor.gradients`), with that learning rate or the
    /// optimizer's. Throws `NeuralNetError.incompatibleData` for gradients of another model, and what a transform throws;
    /// nothing has changed then.
    public func step(_ gradients: UnsafeMutableBufferPointer<Float>, learningRate: Float? = nil) throws {
        guard gradients.count == stride else {
            throw NeuralNetError.incompatibleData(expected: "\(stride) gradients", received: "\(gradients.count)")
        }
        var ready = Gradients(
            values: gradients, weights: model.weights, step: iteration + 1, threads: threads, partialSums: partialSums)
        for transform in transforms { try transform.apply(to: &ready) }
        iteration += 1
        let scale = ready.scale, rate = learningRate ?? optimizer.learningRate
        model.weights.withUnsafeMutableValues { _ in
            threads.run { thread in
                for index in model.weights.entries.indices { update(index, thread, gradients, rate, scale) }
            }
        }
    }

    /// A thread's share of a tensor: some cache lines of it, or all.
    private func update(
        _ index: Int, _ thread: Int, _ gradients: UnsafeMutableBufferPointer<Float>, _ rate: Float, _ scale: Float
    ) {
        let entry = model.weights.entries[index]
        guard entry.specification.isTrainable, rates[index] != 0 else { return }
        var first = 0, last = entry.specification.count
        if threadOf.isEmpty {
            let lines = (entry.specification.count + 15) / 16
            first = lines * thread / threads.count * 16
            last = min(last, lines * (thread + 1) / threads.count * 16)
        } else if threadOf[index] != thread {
            return
        }
        guard first < last else { return }
        let at = entry.offset + first
        optimizer.update(
            OptimizerStep(
                weights: model.weights.values + at, gradients: UnsafePointer(gradients.baseAddress! + at),
                slots: .init(base: memory + at, stride: stride, count: slotCount), count: last - first, place: first,
                tensor: entry, learningRate: rate * rates[index], iteration: iteration, gradientScale: scale,
                weightDecay: decays[index], scratch: scratch.map { $0 + thread * scratchSize }))
    }

    /// The largest tensors first, each to the thread that has least.
    private static func divide(_ entries: [Weights.Entry], _ threads: Int) -> [Int] {
        var loads = [Int](repeating: 0, count: threads), result = [Int](repeating: 0, count: entries.count)
        for index in entries.indices.sorted(by: { entries[$0].specification.count > entries[$1].specification.count }) {
            let thread = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            result[index] = thread
            loads[thread] += entries[index].specification.count
        }
        return result
    }
}
