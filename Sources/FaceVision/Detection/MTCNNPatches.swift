import NeuralNet
import Threads

/// The second and third stage: a network over square patches of the picture, many at once.
package final class MTCNNPatches {
    private let side: Int
    /// Values that the network puts out per patch.
    let values: Int
    private let batch: Int
    private let threads: ThreadPool
    /// One per thread.
    private let executors: [Executor]

    /// `batch`: patches that one thread takes at once.
    package init(_ model: Model, batch: Int, threads: ThreadPool) throws {
        side = model.inputShapes[0][0]
        values = model.outputShapes[0][0]
        self.batch = batch
        self.threads = threads
        executors = try (0..<threads.count).map { _ in
            try Executor(model, maximumBatch: batch, threads: ThreadPool(threads: 1))
        }
    }

    /// What the network says about each box, `values` numbers one after another.
    package func run(_ image: Image, _ boxes: [MTCNNCandidate]) -> [Float] {
        guard !boxes.isEmpty else { return [] }
        // Equal parts for all threads, as large as fits.
        let parts = max(threads.count, (boxes.count + batch - 1) / batch)
        let size = (boxes.count + parts - 1) / parts
        let side = side, values = values
        return [Float](unsafeUninitializedCapacity: boxes.count * values) { result, count in
            let result = result.baseAddress!
            image.pixels.withUnsafeBufferPointer { pixels in
                threads.runEach((boxes.count + size - 1) / size) { thread, part in
                    let range = part * size..<min((part + 1) * size, boxes.count)
                    let executor = executors[thread]
                    for (place, index) in range.enumerated() {
                        MTCNNPatches.crop(
                            pixels.baseAddress!, height: image.height, width: image.width, boxes[index], side: side,
                            to: executor.input() + place * side * side * 3)
                    }
                    executor.forward(count: range.count)
                    (result + range.lowerBound * values).update(
                        from: executor.output(), count: range.count * values)
                }
            }
            count = boxes.count * values
        }
    }

    /// The part of an RGB picture inside a box in `side` x `side` pixels, interpolated between the nearest four; zeros
    /// beyond the picture. The arithmetic is that of TensorFlow's `crop_and_resize`.
    package static func crop(
        _ pixels: UnsafePointer<UInt8>, height: Int, width: Int, _ box: MTCNNCandidate, side: Int,
        to target: UnsafeMutablePointer<Float>
    ) {
        let columns = places(from: box.left, to: box.right, size: width, count: side)
        let rows = places(from: box.top, to: box.bottom, size: height, count: side)
        var out = target
        for row in rows {
            for column in columns {
                guard let row, let column else {
                    out.update(repeating: 0, count: 3)
                    out += 3
                    continue
                }
                let upper = pixels + row.first * width * 3, lower = pixels + row.second * width * 3
                for c in 0..<3 {
                    let left = column.first * 3 + c, right = column.second * 3 + c
                    let above = Float(upper[left]) + (Float(upper[right]) - Float(upper[left])) * column.share
                    let below = Float(lower[left]) + (Float(lower[right]) - Float(lower[left])) * column.share
                    out[c] = AreaScaler.normalized(above + (below - above) * row.share)
                }
                out += 3
            }
        }
    }

    /// Two neighbouring pixels and the share of the second.
    private typealias Place = (first: Int, second: Int, share: Float)

    private static func places(from start: Double, to end: Double, size: Int, count: Int) -> [Place?] {
        let first = Float(start / Double(size)), last = Float(end / Double(size)), range = Float(size - 1)
        let step = (last - first) * range / Float(count - 1)
        return (0..<count).map {
            let position = first * range + Float($0) * step
            guard position >= 0, position <= range else { return nil }
            let floor = position.rounded(.down)
            return (Int(floor), Int(position.rounded(.up)), position - floor)
        }
    }
}
