/// Is told what an executor does, step by step.
package protocol StepObserver: AnyObject {
    func stepBegins()
    func stepEnds(_ step: Int, isBackward: Bool)
}

/// One step of an executor.
package struct StepDescription {
    /// The layer, with the layers that are computed along with it.
    package var name: String
    /// The type that computes it.
    package var kernel: String
    package var node: Model.Node
    /// Whether it is an activation on its own.
    package var isActivation: Bool
    package var computesInputGradient: Bool
}
