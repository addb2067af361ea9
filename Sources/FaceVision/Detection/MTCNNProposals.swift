import Glibc
import NeuralNet
import Threads

/// The first stage: the proposal network over all places and sizes of a picture.
///
/// Levels are cut into tiles that stay in the second-level cache, and each thread takes a tile from its pixels to its
/// proposals. Executors are kept by tile size, so that pictures of one size, such as a video's, need no new ones.
package final class MTCNNProposals {
    private struct Plan {
        let level: MTCNNPyramid.Level
        let rows: MTCNNTiling
        let columns: MTCNNTiling
        let scaler: AreaScaler
        /// One per thread.
        let executors: [Executor]
        let firstTile: Int
        var tiles: Int { rows.tiles * columns.tiles }
    }

    private struct TileSize: Hashable {
        var height: Int
        var width: Int
    }

    private struct PictureSize: Hashable {
        var height: Int
        var width: Int
    }

    /// Results of a tile along each axis at most: a tile's tensors then take about 1.5 MB.
    private static let tileOutputs = 48
    /// Executors of this many tile sizes are kept, of 3 MB per thread at most.
    private static let maximumSizes = 32

    private let model: Model
    private let minimumFaceSize: Double
    private let factor: Double
    private let threads: ThreadPool
    private let serial: [ThreadPool]
    private var executors: [TileSize: [Executor]] = [:]
    private var plans: (size: PictureSize, plans: [Plan])?

    package init(_ model: Model, minimumFaceSize: Double, factor: Double, threads: ThreadPool) {
        self.model = model
        self.minimumFaceSize = minimumFaceSize
        self.factor = factor
        self.threads = threads
        serial = (0..<threads.count).map { _ in ThreadPool(threads: 1) }
    }

    /// Boxes of windows whose score is above `threshold`, for each level by itself, in pixels of the part. `pixels` is
    /// the first sample of the part of an RGB picture to search, `rowLength` the distance of its rows.
    package func find(
        _ pixels: UnsafePointer<UInt8>, rowLength: Int, height: Int, width: Int, threshold: Float
    ) throws -> [[MTCNNCandidate]] {
        let plans = try plans(height: height, width: width)
        guard let last = plans.last else { return [] }
        var levelOfTile: [Int] = []
        for (index, plan) in plans.enumerated() { levelOfTile += Array(repeating: index, count: plan.tiles) }
        var found = [[(place: Int, candidate: MTCNNCandidate)]](
            repeating: [], count: last.firstTile + last.tiles)
        let scratchCount = AreaScaler.scratchCount(width: width)
        let scratch = UnsafeMutablePointer<Float>.allocate(capacity: scratchCount * threads.count)
        defer { scratch.deallocate() }
        found.withUnsafeMutableBufferPointer { found in
            threads.runEach(found.count) { thread, tile in
                let plan = plans[levelOfTile[tile]]
                let row = (tile - plan.firstTile) / plan.columns.tiles
                let column = (tile - plan.firstTile) % plan.columns.tiles
                let executor = plan.executors[thread]
                let top = 2 * plan.rows.start(row), left = 2 * plan.columns.start(column)
                plan.scaler.scale(
                    pixels, rowLength: rowLength, rows: top..<top + plan.rows.tileSize,
                    columns: left..<left + plan.columns.tileSize, scratch: scratch + thread * scratchCount,
                    to: executor.input())
                executor.forward(count: 1)
                found[tile] = MTCNNProposals.collect(plan, row, column, executor.output(), threshold)
            }
        }
        return plans.map { plan in
            // In the order of a level that was not cut.
            found[plan.firstTile..<plan.firstTile + plan.tiles].joined().sorted { $0.place < $1.place }
                .map(\.candidate)
        }
    }

    private static func collect(
        _ plan: Plan, _ row: Int, _ column: Int, _ output: UnsafePointer<Float>, _ threshold: Float
    ) -> [(place: Int, candidate: MTCNNCandidate)] {
        var result: [(place: Int, candidate: MTCNNCandidate)] = []
        // The score is above the threshold where the logits differ by more than this; a little slack for rounding.
        let logit = log(threshold / (1 - threshold)) - 1e-3
        let top = plan.rows.start(row), left = plan.columns.start(column)
        for y in plan.rows.owned(row) {
            for x in plan.columns.owned(column) {
                let values = output + ((y - top) * plan.columns.tileOutputs + x - left) * 6
                guard values[5] - values[4] > logit else { continue }
                let score = MTCNNProbability.face(values + 4)
                guard score > threshold else { continue }
                let candidate = box(x: x, y: y, offsets: values, scale: plan.level.scale, score: score)
                if candidate.isFinite { result.append((y * plan.columns.outputs + x, candidate)) }
            }
        }
        return result
    }

    /// The box of window (x, y) with its offsets, in pixels of the picture.
    package static func box(x: Int, y: Int, offsets: UnsafePointer<Float>, scale: Double, score: Float)
        -> MTCNNCandidate
    {
        // Windows count from their second pixel, as in the package.
        let left = Double(MTCNNPyramid.stride * x + 1), top = Double(MTCNNPyramid.stride * y + 1)
        let side = Double(MTCNNPyramid.window - 1)
        return MTCNNCandidate(
            left: (left + Double(offsets[0]) * side) / scale, top: (top + Double(offsets[1]) * side) / scale,
            right: (left + side + Double(offsets[2]) * side) / scale,
            bottom: (top + side + Double(offsets[3]) * side) / scale, score: score)
    }

    private func plans(height: Int, width: Int) throws -> [Plan] {
        let size = PictureSize(height: height, width: width)
        if let plans, plans.size == size { return plans.plans }
        let levels = MTCNNPyramid.levels(
            height: height, width: width, minimumFaceSize: minimumFaceSize, factor: factor)
        var result: [Plan] = []
        var needed: [TileSize: [Executor]] = [:]
        for level in levels {
            let rows = MTCNNTiling(size: level.height, largest: MTCNNProposals.tileOutputs)
            let columns = MTCNNTiling(size: level.width, largest: MTCNNProposals.tileOutputs)
            let tile = TileSize(height: rows.tileSize, width: columns.tileSize)
            let executors = try needed[tile] ?? self.executors[tile] ?? makeExecutors(tile)
            needed[tile] = executors
            let scaler = AreaScaler(
                vertical: AreaFilter(from: height, to: level.height),
                horizontal: AreaFilter(from: width, to: level.width))
            result.append(
                Plan(
                    level: level, rows: rows, columns: columns, scaler: scaler, executors: executors,
                    firstTile: result.last.map { $0.firstTile + $0.tiles } ?? 0))
        }
        // What this picture needs stays; of the others as many as there is room for.
        for (tile, executors) in executors where needed.count < MTCNNProposals.maximumSizes {
            needed[tile] = needed[tile] ?? executors
        }
        executors = needed
        plans = (size, result)
        return result
    }

    private func makeExecutors(_ tile: TileSize) throws -> [Executor] {
        let model = try model.sharingWeights(inputShapes: [[tile.height, tile.width, 3]])
        return try serial.map { try Executor(model, maximumBatch: 1, threads: $0) }
    }
}

enum MTCNNProbability {
    /// The second of two logits through a softmax.
    static func face(_ logits: UnsafePointer<Float>) -> Float {
        let largest = max(logits[0], logits[1])
        let other = exp(logits[0] - largest), face = exp(logits[1] - largest)
        return face / (other + face)
    }
}
