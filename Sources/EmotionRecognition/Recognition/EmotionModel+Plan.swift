import NeuralNet

extension EmotionModel {
    /// The network as a plan, which runs without the rest of this library, with the names of its outputs and what must
    /// be known to feed it. Throws `PlanError.unsupported` for layers that plans have no step for.
    public func plan() throws -> NetworkPlan {
        var plan = try NetworkPlan(model)
        plan.labels = card.classNames
        plan.temperature = card.temperature ?? 1
        let input = card.input
        plan.notes = [.init("range", [input.black, input.white]), .init("certainty", [card.certainty.threshold])]
        if let size = input.pictureSize { plan.notes.append(.init("picture size", [Float(size)])) }
        if let light = input.light {
            plan.notes.append(
                .init(
                    "light",
                    [
                        light.mean.lowerBound, light.mean.upperBound, light.deviation.lowerBound,
                        light.deviation.upperBound,
                    ]))
        }
        if input.equalises { plan.notes.append(.init("equalised", [])) }
        if input.repeatsGrey == true { plan.notes.append(.init("repeats grey", [])) }
        return plan
    }
}
