import NeuralNetCore

/// The metrics of all outputs of a model, and where each one's sums lie in one array.
struct MetricSums: Sendable {
    private struct Item: Sendable {
        var metric: any Metric
        var name: String
        var output: Int
        var place: Int
        var columns: Int
        var classes: Int
        var targetColumns: Int
    }

    private var items: [Item] = []
    /// The length of the array of sums.
    private(set) var count = 0

    /// With several outputs the names begin with that of the output's layer, as in Keras.
    init(_ model: Model, losses: [any Loss], metrics: [[any Metric]]) {
        for (output, list) in metrics.enumerated() {
            let shape = model.outputShapes[output]
            let prefix = model.outputs.count == 1 ? "" : model.nodes[model.outputs[output]].layer.name + "_"
            for metric in list {
                let columns = shape.reduce(1, *)
                items.append(
                    Item(
                        metric: metric, name: prefix + metric.name, output: output, place: count, columns: columns,
                        classes: shape.last ?? 1, targetColumns: losses[output].targetCount(forOutput: shape)))
                count += metric.stateCount(columns: columns)
            }
        }
    }

    var names: [String] { items.map(\.name) }

    /// Whether larger values of that name are better; nil if there is none of it.
    func isBetterWhenLarger(_ name: String) -> Bool? { items.first { $0.name == name }?.metric.isBetterWhenLarger }

    /// Adds a batch's samples to the sums that begin at `first`. `part` gives the outputs and targets of each output of the model.
    func update(
        _ sums: inout [Double], from first: Int = 0, count: Int,
        part: (Int) -> (outputs: UnsafePointer<Float>, targets: UnsafePointer<Float>)
    ) {
        sums.withUnsafeMutableBufferPointer { sums in
            for item in items {
                let (outputs, targets) = part(item.output)
                item.metric.update(
                    sums.baseAddress! + first + item.place,
                    MetricBatch(
                        outputs: outputs, targets: targets, count: count, columns: item.columns, classes: item.classes,
                        targetColumns: item.targetColumns))
            }
        }
    }

    /// What is there to say so far, by name.
    func results(_ sums: [Double], prefix: String = "") -> [String: Double] {
        guard sums.count >= count else { return [:] }
        var results: [String: Double] = [:]
        sums.withUnsafeBufferPointer { sums in
            for item in items {
                guard let base = sums.baseAddress else { continue }
                results[prefix + item.name] = item.metric.result(base + item.place, columns: item.columns)
            }
        }
        return results
    }
}
