extension TrainingRecipe {
    /// The fields, as recipe files name them, in which two recipes differ.
    public func differences(from other: TrainingRecipe) -> [String] {
        TrainingRecipe.fields.filter { !$0.isEqual(self, other) }.map(\.name)
    }

    /// The fields that are not at their defaults, and those that `names` lists, with their values.
    func settings(always names: [String]) -> [(String, String)] {
        let standard = TrainingRecipe()
        return TrainingRecipe.fields.flatMap { field in
            // A whole network's description is more than a setting.
            field.name == "network" ? [] : field.parts.isEmpty ? [field] : field.parts
        }
        .filter { names.contains($0.name) || !$0.isEqual(self, standard) }
        .map { ($0.name, ($0.access?.text(self) ?? "none").replacing(",", with: ", ")) }
    }
}
