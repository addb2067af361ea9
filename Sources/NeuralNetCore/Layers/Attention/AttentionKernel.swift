import CKernels
import Randomness

/// Each thread takes samples of its own through all products.
struct AttentionKernel: LayerKernel {
    let layer: MultiHeadAttention
    /// Places and features of each input.
    let query: Shape
    let value: Shape
    let key: Shape
    let output: Int
    let maximumBatch: Int
    let threads: Int
    let isTraining: Bool

    typealias Floats = UnsafeMutablePointer<Float>

    var places: Int { query[0] }
    var steps: Int { value[0] }
    var keyWidth: Int { layer.heads * layer.keyDimension }
    var valueWidth: Int { layer.heads * layer.valueDimension }
    var scoreCount: Int { places * steps }
    /// Per sample: projections of query, key and value; what the heads found; attention.
    private var sampleCount: Int {
        (places + steps) * keyWidth + (steps + places) * valueWidth + layer.heads * scoreCount
    }
    private var sumCount: Int { sumOffset(4) }
    private var gradientCount: Int {
        maximumBatch * ((places + steps) * keyWidth + (steps + places) * valueWidth)
    }
    private var scratchPerThread: Int {
        (2 * scoreCount + (isTraining ? gradientCount + sumCount : 0) + 15) / 16 * 16
    }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.state = maximumBatch * sampleCount
        memory.scratch = threads * scratchPerThread
        return memory
    }

    /// Four tensors, of some samples: what the products of query, key and value give, and what the heads make of it.
    struct Tensors {
        var query: Floats
        var key: Floats
        var value: Floats
        var found: Floats
    }

    private func tensors(_ base: Floats, from sample: Int) -> Tensors {
        let key = base + maximumBatch * places * keyWidth
        let value = key + maximumBatch * steps * keyWidth
        let found = value + maximumBatch * steps * valueWidth
        return Tensors(
            query: base + sample * places * keyWidth, key: key + sample * steps * keyWidth,
            value: value + sample * steps * valueWidth, found: found + sample * places * valueWidth)
    }

    private func attention(_ b: LayerBuffers, sample: Int, head: Int) -> Floats {
        b.state + gradientCount + (sample * layer.heads + head) * scoreCount
    }

    /// The `product`-th kernel's place among the parameters.
    private func parameter(_ product: Int) -> Int { layer.usesBias ? 2 * product : product }

    private func project(_ b: LayerBuffers, _ product: Int, _ x: Floats, rows: Int, to y: Floats) {
        let (inner, columns) = weightSizes(product)
        let first = parameter(product)
        BLAS.gemm(false, false, rows, columns, inner, x, inner, b.parameters[first], columns, 0, y, columns)
        if layer.usesBias { fm_add_bias(y, b.parameters[first + 1], rows, columns, 0) }
    }

    /// The kernel of one of the four products: of query, key, value, and of what the heads found.
    private func weightSizes(_ product: Int) -> (rows: Int, columns: Int) {
        switch product {
        case 0: return (query[1], keyWidth)
        case 1: return (key[1], keyWidth)
        case 2: return (value[1], valueWidth)
        default: return (valueWidth, output)
        }
    }

    private func dropKey(_ pass: Pass) -> UInt32 {
        var random = RandomGenerator(seed: pass.seed)
        return UInt32(truncatingIfNeeded: random.next())
    }

    private func dropRate(_ pass: Pass) -> Float { pass.isTraining ? layer.dropout * pass.dropoutScale : 0 }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let scale = 1 / Float(layer.keyDimension).squareRoot(), rate = dropRate(pass), seed = dropKey(pass)
        pass.threads.runRanges(pass.count) { thread, samples in
            let first = samples.lowerBound, count = samples.count
            let t = tensors(b.state, from: first)
            project(b, 0, b.inputs[0] + first * places * query[1], rows: count * places, to: t.query)
            project(b, 1, b.inputs[b.inputs.count - 1] + first * steps * key[1], rows: count * steps, to: t.key)
            project(b, 2, b.inputs[1] + first * steps * value[1], rows: count * steps, to: t.value)
            for sample in samples {
                let t = tensors(b.state, from: sample)
                for head in 0..<layer.heads {
                    var scores = attention(b, sample: sample, head: head)
                    BLAS.gemm(
                        false, true, places, steps, layer.keyDimension, t.query + head * layer.keyDimension, keyWidth,
                        t.key + head * layer.keyDimension, keyWidth, 0, scores, steps)
                    for i in 0..<scoreCount { scores[i] *= scale }
                    Activation.softmax.forward(scores, scores, rows: places, columns: steps)
                    if rate > 0 {
                        let dropped = b.scratch + thread * scratchPerThread
                        fm_dropout(
                            scores, dropped, scoreCount, offset(pass.part.first + sample, head), seed, rate)
                        scores = dropped
                    }
                    BLAS.gemm(
                        false, false, places, layer.valueDimension, steps, scores, steps,
                        t.value + head * layer.valueDimension, valueWidth, 0, t.found + head * layer.valueDimension,
                        valueWidth)
                }
            }
            project(b, 3, t.found, rows: count * places, to: b.output + first * places * output)
        }
    }

    /// The sample is a place in the whole batch.
    private func offset(_ sample: Int, _ head: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: (sample * layer.heads + head) * scoreCount)
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let rate = dropRate(pass), seed = dropKey(pass), last = b.inputs.count - 1
        pass.threads.run { thread in
            let samples = pass.count * thread / threads..<pass.count * (thread + 1) / threads
            let scratch = b.scratch + thread * scratchPerThread
            let gradients = scratch + 2 * scoreCount, sums = gradients + gradientCount
            memset(sums, 0, sumCount * MemoryLayout<Float>.stride)
            guard !samples.isEmpty else { return }
            let first = samples.lowerBound, count = samples.count
            let t = tensors(b.state, from: first), d = tensors(gradients, from: 0)
            let dy = b.outputGradient! + first * places * output
            pullBack(b, 3, x: t.found, dy: dy, rows: count * places, dx: d.found, add: false, sums)
            for sample in samples {
                for head in 0..<layer.heads {
                    pullBack(
                        b, sample, head, tensors(gradients, from: sample - first), scratch, rate, seed,
                        place: pass.part.first + sample)
                }
            }
            let x = b.inputs[0] + first * places * query[1]
            pullBack(
                b, 0, x: x, dy: d.query, rows: count * places,
                dx: b.inputGradients[0].map { $0 + first * places * query[1] }, add: false, sums)
            pullBack(
                b, 2, x: b.inputs[1] + first * steps * value[1], dy: d.value, rows: count * steps,
                dx: b.inputGradients[1].map { $0 + first * steps * value[1] }, add: false, sums)
            pullBack(
                b, 1, x: b.inputs[last] + first * steps * key[1], dy: d.key, rows: count * steps,
                dx: b.inputGradients[last].map { $0 + first * steps * key[1] }, add: last == 1, sums)
        }
        for product in 0..<4 {
            let (rows, columns) = weightSizes(product), first = parameter(product)
            let sums = b.scratch + 2 * scoreCount + gradientCount + sumOffset(product)
            ThreadSums.reduce(
                sums, stride: scratchPerThread, threads: threads, into: b.parameterGradient(first),
                count: rows * columns, overwrite: pass.overwritesGradients)
            guard layer.usesBias else { continue }
            ThreadSums.reduce(
                sums + rows * columns, stride: scratchPerThread, threads: threads, into: b.parameterGradient(first + 1),
                count: columns, overwrite: pass.overwritesGradients)
        }
    }

    private func sumOffset(_ product: Int) -> Int {
        var offset = 0
        for earlier in 0..<product {
            let (rows, columns) = weightSizes(earlier)
            offset += (rows + 1) * columns
        }
        return offset
    }

    /// Of one of the four products: sums for its weights, and the gradient of its input.
    private func pullBack(
        _ b: LayerBuffers, _ product: Int, x: Floats, dy: Floats, rows: Int, dx: Floats?, add: Bool, _ sums: Floats
    ) {
        let (inner, columns) = weightSizes(product), target = sums + sumOffset(product)
        BLAS.gemm(true, false, inner, columns, rows, x, inner, dy, columns, 1, target, columns)
        if layer.usesBias { fm_add_column_sums(dy, rows, columns, target + inner * columns) }
        guard let dx else { return }
        BLAS.gemm(
            false, true, rows, inner, columns, dy, columns, b.parameters[parameter(product)], columns, add ? 1 : 0, dx,
            inner)
    }

    /// Of one head of a sample: from what it found to query, key and value.
    private func pullBack(
        _ b: LayerBuffers, _ sample: Int, _ head: Int, _ d: Tensors, _ scratch: Floats, _ rate: Float, _ seed: UInt32,
        place: Int
    ) {
        let t = tensors(b.state, from: sample), attention = attention(b, sample: sample, head: head)
        let k = head * layer.keyDimension, v = head * layer.valueDimension
        let scores = scratch, dropped = scratch + scoreCount
        let scale = 1 / Float(layer.keyDimension).squareRoot()
        var used = attention
        if rate > 0 {
            fm_dropout(attention, dropped, scoreCount, offset(place, head), seed, rate)
            used = dropped
        }
        BLAS.gemm(
            true, false, steps, layer.valueDimension, places, used, steps, d.found + v, valueWidth, 0, d.value + v,
            valueWidth)
        BLAS.gemm(
            false, true, places, steps, layer.valueDimension, d.found + v, valueWidth, t.value + v, valueWidth, 0,
            scores, steps)
        if rate > 0 { fm_dropout(scores, scores, scoreCount, offset(place, head), seed, rate) }
        Activation.softmax.backward(dy: scores, x: attention, y: attention, dx: scores, rows: places, columns: steps)
        for i in 0..<scoreCount { scores[i] *= scale }
        BLAS.gemm(
            false, false, places, layer.keyDimension, steps, scores, steps, t.key + k, keyWidth, 0, d.query + k,
            keyWidth)
        BLAS.gemm(
            true, false, steps, layer.keyDimension, places, scores, steps, t.query + k, keyWidth, 0, d.key + k,
            keyWidth)
    }
}
