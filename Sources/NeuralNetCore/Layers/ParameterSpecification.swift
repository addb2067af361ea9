/// One weight tensor of a layer.
public struct ParameterSpecification: Sendable {
    /// Keras's name: `kernel`, `bias`, `gamma`, ...
    public var name: String
    /// In Keras's order of axes.
    public var shape: Shape
    /// The first values, unless they are given.
    public var initializer: Initializer
    /// Inputs and outputs of one unit, for the scale of random initial values.
    public var fanIn: Int
    public var fanOut: Int
    /// The first values, where no initializer makes them.
    public var firstValues: [Float]?
    /// False for what is not learnt from gradients: running statistics.
    public var isTrainable: Bool
    /// Factor of the L2 penalty `l2 * sum(w^2)` added to the loss.
    public var l2: Float

    public init(
        name: String, shape: Shape, initializer: Initializer, fanIn: Int = 1, fanOut: Int = 1,
        isTrainable: Bool = true, l2: Float = 0
    ) {
        self.name = name
        self.shape = shape
        self.initializer = initializer
        self.fanIn = fanIn
        self.fanOut = fanOut
        self.isTrainable = isTrainable
        self.l2 = l2
    }

    /// Values.
    public var count: Int { shape.reduce(1, *) }
}
