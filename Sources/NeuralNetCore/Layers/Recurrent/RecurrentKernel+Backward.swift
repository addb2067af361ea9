import CKernels

extension RecurrentKernel {
    /// Gradients that go from step to step, of one thread's samples, row behind row.
    private struct Flow {
        var hidden: UnsafeMutablePointer<Float>
        var previous: UnsafeMutablePointer<Float>
        var memory: UnsafeMutablePointer<Float>
        var vector: UnsafeMutablePointer<Float>
        var kernelSum: UnsafeMutablePointer<Float>
        var recurrentSum: UnsafeMutablePointer<Float>
        var biasSum: UnsafeMutablePointer<Float>
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        for direction in directions.indices {
            pass.threads.run { thread in
                let samples = pass.count * thread / threads..<pass.count * (thread + 1) / threads
                backward(b, direction, thread, samples)
            }
            let first = direction * parametersPerDirection
            let sizes = (features * width, units * width, cell.biasRows * width)
            let sums = b.scratch + stepCount
            ThreadSums.reduce(
                sums, stride: scratchPerThread, threads: threads, into: b.parameterGradient(first), count: sizes.0,
                overwrite: pass.overwritesGradients)
            ThreadSums.reduce(
                sums + sizes.0, stride: scratchPerThread, threads: threads, into: b.parameterGradient(first + 1),
                count: sizes.1, overwrite: pass.overwritesGradients)
            guard usesBias else { continue }
            ThreadSums.reduce(
                sums + sizes.0 + sizes.1, stride: scratchPerThread, threads: threads,
                into: b.parameterGradient(first + 2), count: sizes.2, overwrite: pass.overwritesGradients)
        }
    }

    private func backward(_ b: LayerBuffers, _ direction: Int, _ thread: Int, _ samples: Range<Int>) {
        let p = part(b, direction: direction, thread: thread, samples: samples)
        let flows = p.step + maximumBatch * width, sums = p.step + stepCount, each = maximumBatch * units
        var flow = Flow(
            hidden: flows, previous: flows + each, memory: flows + 2 * each, vector: flows + 3 * each, kernelSum: sums,
            recurrentSum: sums + features * width, biasSum: sums + (features + units) * width)
        memset(sums, 0, sumCount * MemoryLayout<Float>.stride)
        guard !samples.isEmpty else { return }
        memset(flows, 0, 4 * each * MemoryLayout<Float>.stride)
        for index in (0..<steps).reversed() {
            if let place = outputPlace(index, direction) {
                for sample in 0..<p.count {
                    let dy = b.outputGradient! + (samples.lowerBound + sample) * outputCount + place * outputWidth
                    fm_add(flow.hidden + sample * units, dy + direction * units, units)
                }
            }
            backward(p, &flow, index, place(index, direction))
        }
        // The gates now are the gradients of what went into them.
        BLAS.gemm(
            true, false, features, width, p.count * steps, p.x, features, p.gates, width, 1, flow.kernelSum, width)
        if usesBias { fm_add_column_sums(p.gates, p.count * steps, width, flow.biasSum) }
        if let dx = b.inputGradients[0] {
            BLAS.gemm(
                false, true, p.count * steps, features, width, p.gates, width, p.kernel, width, direction == 0 ? 0 : 1,
                dx + samples.lowerBound * steps * features, features)
        }
    }

    /// One step: replaces the gates by the gradients of their inputs, and moves `flow` to the step before.
    private func backward(_ p: Part, _ flow: inout Flow, _ index: Int, _ place: Int) {
        let gates = p.gates + place * width
        let previous: UnsafeMutablePointer<Float>? = index > 0 ? p.hidden + (index - 1) * units : nil
        memset(flow.previous, 0, p.count * units * MemoryLayout<Float>.stride)
        for sample in 0..<p.count {
            let z = gates + sample * steps * width, d = p.step + sample * width
            let memory = p.memory + (sample * steps + index) * units
            let last = previous.map { $0 + sample * steps * units }
            let dh = flow.hidden + sample * units
            switch cell {
            case .simple:
                activation.backward(dy: dh, x: z, y: z, dx: z, rows: 1, columns: units)
                d.update(from: z, count: units)
            case .lstm: lstm(z, d, memory, dh, flow.memory + sample * units, flow.vector, isFirst: last == nil)
            case .gru(let resetAfter):
                gru(z, d, memory, last, dh, flow.previous + sample * units, resetAfter: resetAfter)
            }
        }
        if case .gru(resetAfter: false) = cell {
            resetBefore(p, flow, gates, previous, index)
        } else if let previous {
            multiplyBack(p, flow, columns: 0..<width, rows: previous)
        }
        if cell.biasRows == 2, usesBias { fm_add_column_sums(p.step, p.count, width, flow.biasSum + width) }
        swap(&flow.hidden, &flow.previous)
    }

    /// `previous += d R^T` and `sums += rows^T d` for some columns of R.
    private func multiplyBack(_ p: Part, _ flow: Flow, columns: Range<Int>, rows: UnsafeMutablePointer<Float>) {
        let d = p.step + columns.lowerBound
        BLAS.gemm(
            false, true, p.count, units, columns.count, d, width, p.recurrent + columns.lowerBound, width, 1,
            flow.previous, units)
        BLAS.gemm(
            true, false, units, columns.count, p.count, rows, steps * units, d, width, 1,
            flow.recurrentSum + columns.lowerBound, width)
    }

    private func lstm(
        _ z: UnsafeMutablePointer<Float>, _ d: UnsafeMutablePointer<Float>, _ c: UnsafeMutablePointer<Float>,
        _ dh: UnsafeMutablePointer<Float>, _ dc: UnsafeMutablePointer<Float>, _ vector: UnsafeMutablePointer<Float>,
        isFirst: Bool
    ) {
        let o = z + 3 * units, before = c - units
        activation.forward(c, vector, rows: 1, columns: units)
        for j in 0..<units {
            d[3 * units + j] = dh[j] * vector[j]
            d[j] = dh[j] * o[j]
        }
        activation.backward(dy: d, x: c, y: vector, dx: d, rows: 1, columns: units)
        for j in 0..<units {
            let change = dc[j] + d[j]
            d[j] = change * z[2 * units + j]
            d[units + j] = isFirst ? 0 : change * before[j]
            d[2 * units + j] = change * z[j]
            dc[j] = change * z[units + j]
        }
        recurrentActivation.backward(dy: d, x: z, y: z, dx: d, rows: 2, columns: units)
        activation.backward(
            dy: d + 2 * units, x: z + 2 * units, y: z + 2 * units, dx: d + 2 * units, rows: 1, columns: units)
        recurrentActivation.backward(dy: d + 3 * units, x: o, y: o, dx: d + 3 * units, rows: 1, columns: units)
        z.update(from: d, count: width)
    }

    /// All but what goes through `R` behind a reset gate that comes first.
    private func gru(
        _ z: UnsafeMutablePointer<Float>, _ d: UnsafeMutablePointer<Float>, _ memory: UnsafeMutablePointer<Float>,
        _ last: UnsafeMutablePointer<Float>?, _ dh: UnsafeMutablePointer<Float>,
        _ dPrevious: UnsafeMutablePointer<Float>, resetAfter: Bool
    ) {
        let candidate = z + 2 * units
        for j in 0..<units {
            d[j] = dh[j] * ((last?[j] ?? 0) - candidate[j])
            d[2 * units + j] = dh[j] * (1 - z[j])
            dPrevious[j] = dh[j] * z[j]
        }
        activation.backward(
            dy: d + 2 * units, x: candidate, y: candidate, dx: d + 2 * units, rows: 1, columns: units)
        guard resetAfter else { return }
        for j in 0..<units { d[units + j] = d[2 * units + j] * memory[j] }
        recurrentActivation.backward(dy: d, x: z, y: z, dx: d, rows: 2, columns: units)
        candidate.update(from: d + 2 * units, count: units)
        for j in 0..<units { d[2 * units + j] *= z[units + j] }
        z.update(from: d, count: 2 * units)
    }

    private func resetBefore(
        _ p: Part, _ flow: Flow, _ gates: UnsafeMutablePointer<Float>, _ previous: UnsafeMutablePointer<Float>?,
        _ index: Int
    ) {
        // The gradient of r h.
        BLAS.gemm(
            false, true, p.count, units, units, p.step + 2 * units, width, p.recurrent + 2 * units, width, 0,
            flow.vector, units)
        if previous != nil {
            BLAS.gemm(
                true, false, units, units, p.count, p.memory + index * units, steps * units, p.step + 2 * units, width,
                1, flow.recurrentSum + 2 * units, width)
        }
        for sample in 0..<p.count {
            let z = gates + sample * steps * width, d = p.step + sample * width
            let last = previous.map { $0 + sample * steps * units }
            for j in 0..<units {
                let change = flow.vector[sample * units + j]
                d[units + j] = change * (last?[j] ?? 0)
                flow.previous[sample * units + j] += change * z[units + j]
            }
            recurrentActivation.backward(dy: d, x: z, y: z, dx: d, rows: 2, columns: units)
            z.update(from: d, count: width)
        }
        if let previous { multiplyBack(p, flow, columns: 0..<2 * units, rows: previous) }
    }
}
