// A plan of a network that names emotions, as the sources know such networks.

public struct EmotionModel {
    let model: NetworkPlan
    let card: Card

    /// What a model's card says that recognising needs.
    struct Card {
        var classNames: [String]
        var input: InputFormat
        var certainty: Certainty
        var temperature: Float?
    }

    /// Of a plan that `EmotionModel.plan` wrote. Throws `PlanError` where it says something else.
    init(_ plan: NetworkPlan) throws(PlanError) {
        guard plan.inputShapes.count == 1, plan.inputShapes[0].count == 3, [1, 3].contains(plan.inputShapes[0][2]),
            plan.outputShapes.count == 1, plan.outputShapes[0].count == 1,
            plan.labels.count == plan.outputShapes[0][0], plan.labels.count <= 32
        else { throw .invalid("its input is no picture, or its outputs have no names") }
        func note(_ name: String, _ count: Int) throws(PlanError) -> [Float]? {
            guard let numbers = plan.note(name) else { return nil }
            guard numbers.count == count, numbers.allSatisfy({ abs($0) <= InputFormat.largestValue }) else {
                throw .invalid("its numbers for '\(name)'")
            }
            return numbers
        }
        let shape = plan.inputShapes[0]
        guard let range = try note("range", 2), range[0] != range[1] else {
            throw .invalid("it does not say how pixels are scaled")
        }
        var input = InputFormat(
            width: shape[1], height: shape[0], channels: shape[2], black: range[0], white: range[1])
        if let size = try note("picture size", 1) {
            guard size[0] >= Float(max(shape[0], shape[1])), size[0] <= Float(InputFormat.largestPicture) else {
                throw .invalid("its pictures' size")
            }
            input.pictureSize = Int(size[0])
        }
        if let light = try note("light", 4) {
            guard light[0] <= light[1], light[2] <= light[3] else { throw .invalid("its light") }
            input.light = LightRange(mean: light[0]...light[1], deviation: light[2]...light[3])
        }
        if plan.note("equalised") != nil { input.equalisation = .histogram }
        if plan.note("repeats grey") != nil { input.repeatsGrey = true }
        let certainty = try note("certainty", 1).map { Certainty(threshold: $0[0]) } ?? .usual
        model = plan
        card = Card(
            classNames: plan.labels, input: input, certainty: certainty,
            temperature: plan.temperature == 1 ? nil : plan.temperature)
    }
}
