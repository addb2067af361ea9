import NeuralNet

/// Brings tensors into the form that a layer needs, without moving numbers.
extension GraphReader {
    func newFactors(_ size: Int) -> [Factor] {
        guard size > 1 else { return [] }
        factorCount += 1
        return [Factor(id: factorCount, size: size)]
    }

    /// The same numbers with other axes in this library; `axes` has the same factors in the same order.
    func regrouped(_ feature: Feature, _ axes: [[Factor]], named name: String? = nil) throws -> Feature {
        guard feature.axes != axes else { return feature }
        var result = feature
        result.axes = axes
        let shape = result.shape
        guard feature.shape != shape else { return result }
        let layer: any Layer = shape.count == 1 ? Flatten() : Reshape(shape)
        result.tensor = try add(layer, to: [feature], named: name ?? (shape.count == 1 ? "flatten" : "reshape"))
        result.site = nil
        return result
    }

    /// The same with its axes in the order `order` of ONNX's axes; nil if that would move numbers.
    func arranged(_ feature: Feature, _ order: [Int]) throws -> Feature? {
        let axes = order.isEmpty ? [[]] : order.map { feature.onnxAxes[$0] }
        guard feature.order == Array(axes.joined()) else { return nil }
        return try regrouped(feature, axes)
    }

    /// The same as height, width and channels, with the order of the channels.
    func image(_ feature: Feature) throws -> (feature: Feature, channels: AxisOrder) {
        guard feature.onnxAxes.count == 3 else {
            throw ONNXFailure("its input has shape \(text(feature)), not [batch, channels, height, width]")
        }
        let pixels = feature.onnxAxes[1] + feature.onnxAxes[2], channels = Array(feature.order.dropFirst(pixels.count))
        guard feature.order.starts(with: pixels), Set(channels) == Set(feature.onnxAxes[0]) else {
            throw moved(feature)
        }
        return (
            try regrouped(feature, [feature.onnxAxes[1], feature.onnxAxes[2], channels]),
            AxisOrder(ours: channels, onnx: feature.onnxAxes[0])
        )
    }

    /// The same with a last axis that is ONNX's axes `which` together, in any order, which is given
    /// too.
    func lastAxis(_ feature: Feature, _ which: [Int]) throws -> (feature: Feature, axis: AxisOrder) {
        let wanted = which.flatMap { feature.onnxAxes[$0] }
        let last = Array(feature.order.suffix(wanted.count))
        guard Set(last) == Set(wanted) else { throw moved(feature) }
        var result = feature
        if feature.axes.last != last || feature.axes.isEmpty {
            let before = Array(feature.order.dropLast(last.count))
            // As many axes as ONNX has, where the others are in its order.
            let others = feature.onnxAxes.indices.filter { !which.contains($0) }.map { feature.onnxAxes[$0] }
            let isInOrder = Array(others.joined()) == before
            result = try regrouped(feature, (isInOrder ? others : before.isEmpty ? [] : [before]) + [last])
        }
        return (result, AxisOrder(ours: last, onnx: wanted))
    }

    /// The tensors arranged alike: their axes in this library are ONNX's in the same order, which is given too.
    func alike(_ features: [Feature]) throws -> (features: [Feature], order: [Int]) {
        let rank = features[0].onnxAxes.count
        guard rank <= 5, features.allSatisfy({ $0.onnxAxes.count == rank }) else {
            throw ONNXFailure("its inputs have shapes \(features.map(text).joined(separator: " and "))")
        }
        for order in GraphReader.orders(rank) {
            let arranged = features.filter { feature in
                feature.order == order.flatMap { feature.onnxAxes[$0] }
            }
            guard arranged.count == features.count else { continue }
            return (try features.compactMap { try self.arranged($0, order) }, order)
        }
        throw moved(features[0])
    }

    /// The tensors with their numbers in the same places, for what is done with each number alone; nil if they differ.
    func inSamePlaces(_ features: [Feature]) throws -> [Feature]? {
        func places(_ feature: Feature) -> [[Int]] {
            let all = Array(feature.onnxAxes.joined())
            let at = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
            return [feature.onnxShape, all.map(\.size), feature.order.map { at[$0] ?? -1 }]
        }
        let first = features[0], expected = places(first)
        guard features.allSatisfy({ places($0) == expected }) else { return nil }
        return try features.map { feature in
            var rest = feature.order[...]
            return try regrouped(
                feature,
                first.axes.map { axis in
                    defer { rest = rest.dropFirst(axis.count) }
                    return Array(rest.prefix(axis.count))
                })
        }
    }

    /// All orders of axes; that of pictures comes first.
    private static func orders(_ rank: Int) -> [[Int]] {
        var result: [[Int]] = [[]]
        for _ in 0..<rank {
            result = result.flatMap { start in (0..<rank).filter { !start.contains($0) }.map { start + [$0] } }
        }
        return (rank == 3 ? [[1, 2, 0]] : []) + result
    }

    func moved(_ feature: Feature) -> ONNXFailure {
        ONNXFailure("its input, of shape \(text(feature)), has its axes in an order that no layer here makes")
    }

    func text(_ feature: Feature) -> String {
        "[" + (["batch"] + feature.onnxShape.map(String.init)).joined(separator: ", ") + "]"
    }
}
