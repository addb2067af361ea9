extension KerasLayers {
    static func merging(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "Add": return Add()
        case "Multiply": return Multiply()
        case "Concatenate": return Concatenate(axis: try r.int("axis", default: -1))
        default: return nil
        }
    }
}
