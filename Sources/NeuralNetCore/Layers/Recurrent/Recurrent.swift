import JSON

/// A dense layer that also sees its own last output: `h = f(x W + h R + b)` step by step.
///
/// - Input: `[steps, features]`; output: `[units]`, or `[steps, units]` with `returnsSequences`.
/// - Parameters: `kernel` `[features, units]`, `recurrent_kernel` `[units, units]`, `bias` `[units]`.
public struct SimpleRNN: RecurrentLayer {
    public static let className = "SimpleRNN"
    public var name: String
    /// Values of the output.
    public var units: Int
    /// Keras's `activation`: what makes the new values.
    public var function: Activation
    /// Whether a number for each new value is added.
    public var usesBias: Bool
    /// Whether the outputs of all steps are put out, or the last.
    public var returnsSequences: Bool
    /// Whether it begins at the last step; its outputs are in that order then.
    public var goesBackwards: Bool
    /// Fraction of the inputs' features that falls while training.
    public var dropout: Float
    /// The first values of the kernel.
    public var kernelInitializer: Initializer
    /// The first values of the kernel that the last output goes through.
    public var recurrentInitializer: Initializer

    public init(
        _ units: Int, function: Activation = .tanh, usesBias: Bool = true, returnsSequences: Bool = false,
        goesBackwards: Bool = false, dropout: Float = 0, kernelInitializer: Initializer = .glorotUniform,
        recurrentInitializer: Initializer = .orthogonal, name: String = ""
    ) {
        self.units = units
        self.function = function
        self.usesBias = usesBias
        self.returnsSequences = returnsSequences
        self.goesBackwards = goesBackwards
        self.dropout = dropout
        self.kernelInitializer = kernelInitializer
        self.recurrentInitializer = recurrentInitializer
        self.name = name
    }

    package var core: RecurrentCore {
        RecurrentCore(
            cell: .simple, units: units, function: function, recurrentFunction: .sigmoid,
            usesBias: usesBias, returnsSequences: returnsSequences, goesBackwards: goesBackwards, dropout: dropout,
            kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try core.outputShape(inputs, of: self) }
    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] { core.parameters(inputs[0]) }
    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        core.steps(context, directions: [goesBackwards], keepsOrder: false)
    }

    public var config: [String: JSONValue] { core.config }
}

/// Long short-term memory: gates decide what a cell takes in, keeps and shows. S. Hochreiter, J. Schmidhuber, 1997.
///
/// - Input: `[steps, features]`; output: `[units]`, or `[steps, units]` with `returnsSequences`.
/// - Parameters: `kernel` `[features, 4 units]`, `recurrent_kernel` `[units, 4 units]`, `bias` `[4 units]`, for the
///   gates input, forget, cell, output.
public struct LSTM: RecurrentLayer {
    public static let className = "LSTM"
    public var name: String
    /// Values of the output.
    public var units: Int
    /// Keras's `activation`: what makes the new values.
    public var function: Activation
    /// Keras's `recurrent_activation`: what makes the gates.
    public var recurrentFunction: Activation
    /// Whether a number for each new value is added.
    public var usesBias: Bool
    /// Whether the outputs of all steps are put out, or the last.
    public var returnsSequences: Bool
    /// Whether it begins at the last step; its outputs are in that order then.
    public var goesBackwards: Bool
    /// Fraction of the inputs' features that falls while training.
    public var dropout: Float
    /// Whether the bias of the forget gate is 1 at first.
    public var startsRemembering: Bool
    /// The first values of the kernel.
    public var kernelInitializer: Initializer
    /// The first values of the kernel that the last output goes through.
    public var recurrentInitializer: Initializer

    public init(
        _ units: Int, function: Activation = .tanh, recurrentFunction: Activation = .sigmoid, usesBias: Bool = true,
        returnsSequences: Bool = false, goesBackwards: Bool = false, dropout: Float = 0, startsRemembering: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal,
        name: String = ""
    ) {
        self.units = units
        self.function = function
        self.recurrentFunction = recurrentFunction
        self.usesBias = usesBias
        self.returnsSequences = returnsSequences
        self.goesBackwards = goesBackwards
        self.dropout = dropout
        self.startsRemembering = startsRemembering
        self.kernelInitializer = kernelInitializer
        self.recurrentInitializer = recurrentInitializer
        self.name = name
    }

    package var core: RecurrentCore {
        RecurrentCore(
            cell: .lstm, units: units, function: function, recurrentFunction: recurrentFunction,
            usesBias: usesBias, returnsSequences: returnsSequences, goesBackwards: goesBackwards, dropout: dropout,
            kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
            startsRemembering: startsRemembering)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try core.outputShape(inputs, of: self) }
    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] { core.parameters(inputs[0]) }
    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        core.steps(context, directions: [goesBackwards], keepsOrder: false)
    }

    public var config: [String: JSONValue] { core.config }
}

/// Gated recurrent units: gates decide how much of the last output is kept and seen. K. Cho et al., 2014.
///
/// - Input: `[steps, features]`; output: `[units]`, or `[steps, units]` with `returnsSequences`.
/// - Parameters: `kernel` `[features, 3 units]`, `recurrent_kernel` `[units, 3 units]`, `bias` `[2, 3 units]`, or
///   `[3 units]` without `resetAfter`, for the gates update, reset and the new values.
public struct GRU: RecurrentLayer {
    public static let className = "GRU"
    public var name: String
    /// Values of the output.
    public var units: Int
    /// Keras's `activation`: what makes the new values.
    public var function: Activation
    /// Keras's `recurrent_activation`: what makes the gates.
    public var recurrentFunction: Activation
    /// Whether a number for each new value is added.
    public var usesBias: Bool
    /// Whether the outputs of all steps are put out, or the last.
    public var returnsSequences: Bool
    /// Whether it begins at the last step; its outputs are in that order then.
    public var goesBackwards: Bool
    /// Fraction of the inputs' features that falls while training.
    public var dropout: Float
    /// Whether the reset gate comes behind the product with the recurrent kernel.
    public var resetAfter: Bool
    /// The first values of the kernel.
    public var kernelInitializer: Initializer
    /// The first values of the kernel that the last output goes through.
    public var recurrentInitializer: Initializer

    public init(
        _ units: Int, function: Activation = .tanh, recurrentFunction: Activation = .sigmoid, usesBias: Bool = true,
        returnsSequences: Bool = false, goesBackwards: Bool = false, dropout: Float = 0, resetAfter: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal,
        name: String = ""
    ) {
        self.units = units
        self.function = function
        self.recurrentFunction = recurrentFunction
        self.usesBias = usesBias
        self.returnsSequences = returnsSequences
        self.goesBackwards = goesBackwards
        self.dropout = dropout
        self.resetAfter = resetAfter
        self.kernelInitializer = kernelInitializer
        self.recurrentInitializer = recurrentInitializer
        self.name = name
    }

    package var core: RecurrentCore {
        RecurrentCore(
            cell: .gru(resetAfter: resetAfter), units: units, function: function, recurrentFunction: recurrentFunction,
            usesBias: usesBias, returnsSequences: returnsSequences, goesBackwards: goesBackwards, dropout: dropout,
            kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try core.outputShape(inputs, of: self) }
    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] { core.parameters(inputs[0]) }
    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        core.steps(context, directions: [goesBackwards], keepsOrder: false)
    }

    public var config: [String: JSONValue] { core.config }
}
