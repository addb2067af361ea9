/// The messages of onnx.proto, as far as a network without control flow needs them.
/// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
struct ONNXModel {
    var irVersion = 0
    var producer = ""
    /// Version of the operators by domain; the standard ones are in "".
    var operatorSets: [String: Int] = [:]
    var graph = ONNXGraph()
    var metadata: [String: String] = [:]

    /// Version of the standard operators.
    var operatorSet: Int { operatorSets[""] ?? 1 }
}

struct ONNXGraph {
    var name = ""
    var nodes: [ONNXNode] = []
    var initializers: [ONNXTensor] = []
    var inputs: [ONNXValueInfo] = []
    var outputs: [ONNXValueInfo] = []
}

struct ONNXNode {
    var name = ""
    var type = ""
    var domain = ""
    /// Empty names are inputs left out.
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [String: ONNXAttribute] = [:]

    /// For errors.
    var label: String {
        let name = name.isEmpty ? outputs.first ?? "" : name
        return "node '\(name)' (\(domain.isEmpty || domain == "ai.onnx" ? "" : domain + ".")\(type))"
    }
}

enum ONNXAttribute {
    case int(Int)
    case float(Float)
    case text(String)
    case ints([Int])
    case floats([Float])
    case tensor(ONNXTensor)
    /// Graphs, sparse tensors, lists of texts and the like.
    case other
}

/// A tensor whose numbers are still bytes of the file.
struct ONNXTensor {
    var name = ""
    var shape: [Int] = []
    var type = ONNXType.undefined
    /// `raw_data`.
    var raw: Range<Int>?
    /// Repeated fields with numbers, packed or one by one: their number and contents.
    var pieces: [(field: Int, value: WireReader.Value)] = []
    /// Where the numbers are, if in another file.
    var external: [String: String]?
}

struct ONNXValueInfo {
    var name = ""
    var type = ONNXType.undefined
    /// Nil for an axis of unknown size (its name in `axisNames`); nil as a whole if nothing is said.
    var shape: [Int?]?
    var axisNames: [String] = []
}

/// `TensorProto.DataType`.
enum ONNXType: Int {
    case undefined, float, uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64
    case complex64, complex128, bfloat16

    var isFloat: Bool { [.float, .float16, .double, .bfloat16].contains(self) }

    /// Bytes of one number in `raw_data`; nil for what is not read here.
    var size: Int? {
        switch self {
        case .uint8, .int8, .bool: return 1
        case .uint16, .int16, .float16, .bfloat16: return 2
        case .float, .int32, .uint32: return 4
        case .int64, .uint64, .double: return 8
        default: return nil
        }
    }
}
