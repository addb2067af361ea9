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

    /// The same with its numbers moved into another order, for what cannot be said by names alone.
    func moved(_ feature: Feature, to order: [Factor]) throws -> Feature {
        guard feature.order != order else { return feature }
        let apart = try regrouped(feature, feature.order.map { [$0] })
        let dims = order.map { factor in (apart.order.firstIndex(of: factor) ?? 0) + 1 }
        var result = apart
        result.tensor = try add(Permute(dims), to: [apart], named: "permute")
        result.axes = order.map { [$0] }
        result.site = nil
        return result
    }

    /// Whether its axes are in the order `order` of ONNX's axes already.
    func isArranged(_ feature: Feature, _ order: [Int]) -> Bool {
        feature.order == order.flatMap { feature.onnxAxes[$0] }
    }

    /// The same with its axes in the order `order` of ONNX's axes.
    func arranged(_ feature: Feature, _ order: [Int]) throws -> Feature {
        let axes = order.isEmpty ? [[]] : order.map { feature.onnxAxes[$0] }
        return try regrouped(try moved(feature, to: Array(axes.joined())), axes)
    }

    /// The same as height, width and channels, with the order of the channels; `inOrder`: they are to be in ONNX's.
    func image(_ feature: Feature, inOrder: Bool = false) throws -> (feature: Feature, channels: AxisOrder) {
        guard feature.onnxAxes.count == 3 else {
            throw ONNXFailure("its input has shape \(text(feature)), not [batch, channels, height, width]")
        }
        let pixels = feature.onnxAxes[1] + feature.onnxAxes[2]
        var channels = Array(feature.order.dropFirst(pixels.count))
        if inOrder || !feature.order.starts(with: pixels) { channels = feature.onnxAxes[0] }
        let ready = try moved(feature, to: pixels + channels)
        return (
            try regrouped(ready, [feature.onnxAxes[1], feature.onnxAxes[2], channels]),
            AxisOrder(ours: channels, onnx: feature.onnxAxes[0])
        )
    }

    /// The same with a last axis that is ONNX's axes `which` together, in any order, which is given too; `inOrder`: in
    /// ONNX's.
    func lastAxis(
        _ feature: Feature, _ which: [Int], inOrder: Bool = false
    ) throws -> (feature: Feature, axis: AxisOrder) {
        let wanted = which.flatMap { feature.onnxAxes[$0] }
        // As many axes as ONNX has, where the others are in its order.
        let others = feature.onnxAxes.indices.filter { !which.contains($0) }.map { feature.onnxAxes[$0] }
        var result = feature, last = Array(feature.order.suffix(wanted.count))
        if Set(last) != Set(wanted) || (inOrder && last != wanted) {
            last = wanted
            result = try moved(feature, to: others.flatMap { $0 } + wanted)
        }
        if result.axes.last != last {
            let before = Array(result.order.dropLast(last.count)), isInOrder = Array(others.joined()) == before
            result = try regrouped(result, (isInOrder ? others : before.isEmpty ? [] : [before]) + [last])
        }
        return (result, AxisOrder(ours: last, onnx: wanted))
    }

    /// The tensors arranged alike: their axes in this library are ONNX's in the same order, which is given too.
    func alike(_ features: [Feature]) throws -> (features: [Feature], order: [Int]) {
        let rank = features[0].onnxAxes.count
        guard rank <= 5, features.allSatisfy({ $0.onnxAxes.count == rank }) else {
            throw ONNXFailure("its inputs have shapes \(features.map(text).joined(separator: " and "))")
        }
        let orders = GraphReader.orders(rank)
        let order = orders.first { order in features.allSatisfy { isArranged($0, order) } } ?? orders[0]
        return (try features.map { try arranged($0, order) }, order)
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

    func text(_ feature: Feature) -> String {
        "[" + (["batch"] + feature.onnxShape.map(String.init)).joined(separator: ", ") + "]"
    }
}
