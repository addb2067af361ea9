/// What the products of a run are made of.
public enum TrainingPrecision: String, Sendable, CaseIterable, RecipeValue {
    case float32
    /// With sums, weights and everything else in float32: Keras's `mixed_bfloat16`, which is taken for it.
    case bfloat16

    public init?(recipeText: String) {
        self.init(rawValue: recipeText == "mixed_bfloat16" ? "bfloat16" : recipeText)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(recipeText: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "float32 or bfloat16")
        }
        self = value
    }
}
