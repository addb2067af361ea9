extension Model {
    /// The nodes in the order of Keras's `model.layers`: by falling distance from the outputs, equally distant ones as
    /// a walk from the outputs meets them. Keras's files list and match layers in this order, which differs from the
    /// order of computation where a graph has branches.
    ///
    /// Source: `map_graph` in Keras's `ops/function.py`.
    var kerasOrder: [Int] {
        var depths = [Int](repeating: 0, count: nodes.count)
        for index in nodes.indices.reversed() {
            for input in nodes[index].inputs { depths[input] = max(depths[input], depths[index] + 1) }
        }
        var places = [Int](repeating: -1, count: nodes.count)  // inputs that nothing uses stay at -1
        var met = 0
        for output in outputs {
            var stack = [output]
            while let index = stack.popLast() {
                guard places[index] < 0 else { continue }
                places[index] = met
                met += 1
                stack.append(contentsOf: nodes[index].inputs.reversed())
            }
        }
        return nodes.indices.sorted { (-depths[$0], places[$0], $0) < (-depths[$1], places[$1], $1) }
    }
}
