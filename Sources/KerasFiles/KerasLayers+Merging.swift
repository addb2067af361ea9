import NeuralNetCore

extension KerasLayers {
    static func merging(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "Add": return Add()
        case "Subtract": return Subtract()
        case "Multiply": return Multiply()
        case "Average": return Average()
        case "Maximum": return Maximum()
        case "Minimum": return Minimum()
        case "Concatenate": return Concatenate(axis: try r.int("axis", default: -1))
        case "Dot":
            guard try !r.bool("normalize", default: false) else {
                throw r.failure("normalize", "true is not supported")
            }
            return Dot(axes: try r.pair("axes"))
        default: return nil
        }
    }
}
