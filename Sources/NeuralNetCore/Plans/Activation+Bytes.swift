/// The numbers by which plans know the functions: never to be changed or used again.
extension Activation {
    private var planNumber: UInt8 {
        switch self {
        case .linear: return 0
        case .relu: return 1
        case .relu6: return 2
        case .leakyRelu: return 3
        case .elu: return 4
        case .sigmoid: return 5
        case .tanh: return 6
        case .swish: return 7
        case .gelu(approximate: false): return 8
        case .gelu(approximate: true): return 9
        case .softmax: return 10
        case .logSoftmax: return 11
        case .selu: return 12
        case .celu: return 13
        case .softplus: return 14
        case .softsign: return 15
        case .mish: return 16
        case .exponential: return 17
        case .logSigmoid: return 18
        case .hardSigmoid: return 19
        case .hardSwish: return 20
        case .hardTanh: return 21
        case .tanhShrink: return 22
        case .softShrink: return 23
        case .hardShrink: return 24
        case .squareplus: return 25
        case .sparsePlus: return 26
        case .sparseSigmoid: return 27
        case .rectifier: return 28
        }
    }

    func write(to writer: inout PlanWriter) {
        writer.write(byte: planNumber)
        switch self {
        case .leakyRelu(let value), .elu(let value), .celu(let value), .hardSigmoid(let value): writer.write(value)
        case .rectifier(let maximum, let negativeSlope, let threshold):
            writer.write(maximum)
            writer.write(negativeSlope)
            writer.write(threshold)
        default: break
        }
    }

    private static let plain: [Activation] = [
        .linear, .relu, .relu6, .sigmoid, .tanh, .swish, .gelu(approximate: false), .gelu(approximate: true), .softmax,
        .logSoftmax, .selu, .softplus, .softsign, .mish, .exponential, .logSigmoid, .hardSwish, .hardTanh, .tanhShrink,
        .softShrink, .hardShrink, .squareplus, .sparsePlus, .sparseSigmoid,
    ]

    init(from reader: inout PlanReader) throws(PlanError) {
        let number = try reader.byte()
        switch number {
        case 3: self = .leakyRelu(negativeSlope: try reader.float())
        case 4: self = .elu(alpha: try reader.float())
        case 13: self = .celu(alpha: try reader.float())
        case 19: self = .hardSigmoid(slope: try reader.float())
        case 28:
            let maximum = try reader.float(), negativeSlope = try reader.float()
            self = .rectifier(maximum: maximum, negativeSlope: negativeSlope, threshold: try reader.float())
        default:
            guard let function = Self.plain.first(where: { $0.planNumber == number }) else {
                throw .invalid("an unknown activation, " + String(number))
            }
            self = function
        }
    }
}

extension MergeKernel.Operation {
    private static let planOrder: [Self] = [.add, .subtract, .multiply, .average, .maximum, .minimum]

    var planNumber: UInt8 { UInt8(Self.planOrder.firstIndex(of: self)!) }

    init?(planNumber: UInt8) {
        guard planNumber < Self.planOrder.count else { return nil }
        self = Self.planOrder[Int(planNumber)]
    }
}

extension Interpolation {
    private static let planOrder: [Self] = [.nearest, .bilinear, .bicubic]

    var planNumber: UInt8 { UInt8(Self.planOrder.firstIndex(of: self)!) }

    init?(planNumber: UInt8) {
        guard planNumber < Self.planOrder.count else { return nil }
        self = Self.planOrder[Int(planNumber)]
    }
}
