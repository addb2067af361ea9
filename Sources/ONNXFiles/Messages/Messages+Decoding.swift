extension ONNXModel {
    /// Nothing that is understood has more nodes, and as many tensors.
    static let mostNodes = 50_000

    /// Reads a model; tensors stay where they are in `bytes`. Throws `ONNXFailure`.
    init(decoding bytes: [UInt8]) throws {
        var reader = WireReader(bytes)
        var hasGraph = false
        while let (field, value) = try reader.next() {
            switch field {
            case 1: irVersion = try value.int("ir_version")
            case 2: producer = try value.text("producer_name", in: reader)
            case 7:
                guard !hasGraph else { throw ONNXFailure("has two graphs") }
                graph = try ONNXGraph(decoding: reader.inside(try value.range("graph")))
                hasGraph = true
            case 8:
                let (domain, version) = try ONNXModel.operatorSet(reader.inside(try value.range("opset_import")))
                operatorSets[domain == "ai.onnx" ? "" : domain] = version
            case 14:
                let (key, text) = try ONNXModel.entry(reader.inside(try value.range("metadata_props")))
                metadata[key] = text
            case 25: throw ONNXFailure("has functions of its own, which are not supported")
            default: break
            }
        }
        guard hasGraph else { throw ONNXFailure("no graph in it: not an ONNX model") }
    }

    private static func operatorSet(_ message: WireReader) throws -> (String, Int) {
        var reader = message, domain = "", version = 0
        while let (field, value) = try reader.next() {
            if field == 1 { domain = try value.text("domain", in: reader) }
            if field == 2 { version = try value.int("version") }
        }
        return (domain, version)
    }

    /// A pair of texts; the second may be long.
    fileprivate static func entry(_ message: WireReader) throws -> (String, String) {
        var reader = message, key = "", text = ""
        while let (field, value) = try reader.next() {
            if field == 1 { key = try value.text("key", in: reader) }
            if field == 2 {
                let range = try value.range("value")
                guard range.count <= 1 << 24 else { throw ONNXFailure("metadata of \(range.count) bytes") }
                text = String(decoding: reader.bytes[range], as: UTF8.self)
            }
        }
        return (key, text)
    }
}

extension ONNXGraph {
    init(decoding message: WireReader) throws {
        var reader = message
        while let (field, value) = try reader.next() {
            switch field {
            case 1:
                nodes.append(try ONNXNode(decoding: reader.inside(try value.range("node"))))
            case 2: name = try value.text("name", in: reader)
            case 5: initializers.append(try ONNXTensor(decoding: reader.inside(try value.range("initializer"))))
            case 11: inputs.append(try ONNXValueInfo(decoding: reader.inside(try value.range("input"))))
            case 12: outputs.append(try ONNXValueInfo(decoding: reader.inside(try value.range("output"))))
            case 15: throw ONNXFailure("has sparse initializers, which are not supported")
            default: break
            }
            guard max(nodes.count, initializers.count, inputs.count, outputs.count) <= ONNXModel.mostNodes else {
                throw ONNXFailure("more than \(ONNXModel.mostNodes) nodes or tensors")
            }
        }
    }
}

extension ONNXNode {
    init(decoding message: WireReader) throws {
        var reader = message
        while let (field, value) = try reader.next() {
            switch field {
            case 1: inputs.append(try value.text("input", in: reader))
            case 2: outputs.append(try value.text("output", in: reader))
            case 3: name = try value.text("name", in: reader)
            case 4: type = try value.text("op_type", in: reader)
            case 5:
                let (name, attribute) = try ONNXNode.attribute(reader.inside(try value.range("attribute")))
                attributes[name] = attribute
            case 7: domain = try value.text("domain", in: reader)
            default: break
            }
        }
    }

    /// Files of old programs leave the type out: then the field that is there counts.
    private static func attribute(_ message: WireReader) throws -> (String, ONNXAttribute) {
        var reader = message, name = "", type = 0, found = ONNXAttribute.other
        var ints: [Int] = [], floats: [Float] = []
        while let (field, value) = try reader.next() {
            switch field {
            case 1: name = try value.text("attribute's name", in: reader)
            case 2:
                guard case .fixed32(let bits) = value else { throw ONNXFailure("attribute '\(name)' is not a float") }
                found = .float(Float(bitPattern: bits))
            case 3: found = .int(try value.int("attribute '\(name)'"))
            case 4: found = .text(try value.text("attribute '\(name)'", in: reader))
            case 5: found = .tensor(try ONNXTensor(decoding: reader.inside(try value.range("attribute '\(name)'"))))
            case 7: try value.floats("attribute '\(name)'", in: reader, addingTo: &floats, limit: 1 << 20)
            case 8: try value.ints("attribute '\(name)'", in: reader, addingTo: &ints, limit: 1 << 20)
            case 20: type = try value.int("attribute's type")
            default: break
            }
        }
        // A zero and an empty list may not be written at all.
        switch (type, found) {
        case (1, .other): found = .float(0)
        case (2, .other): found = .int(0)
        case (3, .other): found = .text("")
        case (6, _): found = .floats(floats)
        case (7, _): found = .ints(ints)
        case (0, .other) where !floats.isEmpty: found = .floats(floats)
        case (0, .other) where !ints.isEmpty: found = .ints(ints)
        default: break
        }
        return (name, found)
    }
}

extension ONNXTensor {
    init(decoding message: WireReader) throws {
        var reader = message
        while let (field, value) = try reader.next() {
            switch field {
            case 1: try value.ints("dims", in: reader, addingTo: &shape, limit: 16)
            case 2:
                let number = try value.int("data_type")
                guard let known = ONNXType(rawValue: number) else {
                    throw ONNXFailure("numbers of type \(number) are not supported", at: "tensor '\(name)'")
                }
                type = known
            case 3: throw ONNXFailure("comes in segments, which are not supported", at: "tensor '\(name)'")
            case 4, 5, 7, 10, 11: pieces.append((field, value))
            case 8: name = try value.text("name", in: reader)
            case 9: raw = try value.range("raw_data")
            case 13:
                let (key, text) = try ONNXModel.entry(reader.inside(try value.range("external_data")))
                external = external ?? [:]
                external?[key] = text
            case 14: if try value.int("data_location") == 1 { external = external ?? [:] }
            default: break
            }
        }
    }
}

extension ONNXValueInfo {
    init(decoding message: WireReader) throws {
        var reader = message
        while let (field, value) = try reader.next() {
            switch field {
            case 1: name = try value.text("name", in: reader)
            case 2: try readType(reader.inside(try value.range("type")))
            default: break
            }
        }
    }

    private mutating func readType(_ message: WireReader) throws {
        var reader = message
        while let (field, value) = try reader.next() {
            guard field == 1 else { continue }
            var tensor = reader.inside(try value.range("tensor_type"))
            while let (field, value) = try tensor.next() {
                if field == 1 { type = ONNXType(rawValue: try value.int("elem_type")) ?? .undefined }
                if field == 2 { try readShape(tensor.inside(try value.range("shape"))) }
            }
        }
    }

    private mutating func readShape(_ message: WireReader) throws {
        var reader = message, sizes: [Int?] = []
        while let (field, value) = try reader.next() {
            guard field == 1 else { continue }
            guard sizes.count < 16 else { throw ONNXFailure("more than 16 axes", at: "tensor '\(self.name)'") }
            var dimension = reader.inside(try value.range("dim")), size: Int?, name = "?"
            while let (field, value) = try dimension.next() {
                if field == 1 { size = try value.int("dim_value") }
                if field == 2 { name = try value.text("dim_param", in: dimension) }
            }
            // Old programs write -1, or 0, for what is not known.
            sizes.append((size ?? 0) > 0 ? size : nil)
            axisNames.append(name)
        }
        shape = sizes
    }
}
