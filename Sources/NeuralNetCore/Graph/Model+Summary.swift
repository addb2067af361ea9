extension Model {
    /// A table of the layers: name and class, output shape, weights, what each reads where it is not the layer before it.
    public func summary() -> String {
        var rows = [["layer (class)", "output", "weights", "reads"]]
        for (index, node) in nodes.enumerated() {
            let count = node.parameters.reduce(0) { $0 + weights.entries[$1].specification.count }
            let sources =
                node.inputs == [index - 1] ? "" : node.inputs.map { nodes[$0].layer.name }.joined(separator: ", ")
            rows.append([
                "\(node.layer.name) (\(type(of: node.layer).className))", "\(node.outputShape)", "\(count)", sources,
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        func pad(_ text: String, _ column: Int) -> String {
            let blanks = String(repeating: " ", count: widths[column] - text.count)
            return column == 2 ? blanks + text : text + blanks
        }
        var lines = rows.map { row in
            var line = row.indices.map { pad(row[$0], $0) }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
        let trainable = weights.entries.reduce(0) {
            $0 + ($1.specification.isTrainable ? $1.specification.count : 0)
        }
        lines.append("\(parameterCount) weights, \(trainable) of them trainable")
        return lines.joined(separator: "\n")
    }
}
