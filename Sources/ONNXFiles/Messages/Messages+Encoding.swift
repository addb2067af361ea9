extension ONNXModel {
    /// The file's bytes, with the tensors' numbers given apart.
    func encoded(_ tensors: [(name: String, shape: [Int], values: TensorValues)]) -> [UInt8] {
        var writer = WireWriter()
        writer.int(1, irVersion)
        writer.text(2, producer)
        writer.message(8) {
            $0.text(1, "")
            $0.int(2, operatorSet)
        }
        writer.message(7) { graph in
            for node in self.graph.nodes { graph.message(1) { node.encode(to: &$0) } }
            graph.text(2, self.graph.name)
            for tensor in tensors {
                graph.message(5) { ONNXTensor.encode(tensor.name, tensor.shape, tensor.values, to: &$0) }
            }
            for input in self.graph.inputs { graph.message(11) { input.encode(to: &$0) } }
            for output in self.graph.outputs { graph.message(12) { output.encode(to: &$0) } }
        }
        for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
            writer.message(14) {
                $0.text(1, key)
                $0.text(2, text)
            }
        }
        return writer.bytes
    }
}

extension ONNXNode {
    func encode(to writer: inout WireWriter) {
        for input in inputs { writer.text(1, input) }
        for output in outputs { writer.text(2, output) }
        writer.text(3, name)
        writer.text(4, type)
        for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
            writer.message(5) { attribute.encode(name, to: &$0) }
        }
    }
}

extension ONNXAttribute {
    /// Graphs and tensors are not written.
    fileprivate func encode(_ name: String, to writer: inout WireWriter) {
        writer.text(1, name)
        switch self {
        case .float(let value):
            writer.float(2, value)
            writer.int(20, 1)
        case .int(let value):
            writer.int(3, value)
            writer.int(20, 2)
        case .text(let value):
            writer.text(4, value)
            writer.int(20, 3)
        case .floats(let values):
            for value in values { writer.float(7, value) }
            writer.int(20, 6)
        case .ints(let values):
            for value in values { writer.int(8, value) }
            writer.int(20, 7)
        case .tensor, .other: break
        }
    }
}

extension ONNXTensor {
    fileprivate static func encode(_ name: String, _ shape: [Int], _ values: TensorValues, to writer: inout WireWriter)
    {
        for size in shape { writer.int(1, size) }
        switch values {
        case .floats(let floats):
            writer.int(2, ONNXType.float.rawValue)
            writer.text(8, name)
            writer.rawFloats(9, floats)
        case .ints(let ints):
            writer.int(2, ONNXType.int64.rawValue)
            for value in ints { writer.int(7, value) }
            writer.text(8, name)
        }
    }
}

extension ONNXValueInfo {
    /// Axes of unknown size are written by their names.
    fileprivate func encode(to writer: inout WireWriter) {
        writer.text(1, name)
        writer.message(2) { type in
            type.message(1) { tensor in
                tensor.int(1, self.type.rawValue)
                tensor.message(2) { shape in
                    for (size, axisName) in zip(self.shape ?? [], axisNames) {
                        shape.message(1) { dimension in
                            if let size { dimension.int(1, size) } else { dimension.text(2, axisName) }
                        }
                    }
                }
            }
        }
    }
}
