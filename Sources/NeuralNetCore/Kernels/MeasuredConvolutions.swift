/// A convolution's sizes and how it runs: what a measured choice is for.
public struct ConvolutionCase: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ g: ConvolutionGeometry, filters: Int, context: KernelContext) {
        let pads = "\(g.padTop),\(g.padLeft),\(g.padBottom),\(g.padRight)"
        description =
            "\(g.height)x\(g.width)x\(g.channels) by \(g.kernelHeight)x\(g.kernelWidth)x\(filters)"
            + " stride \(g.strideHeight)x\(g.strideWidth) dilation \(g.dilationHeight)x\(g.dilationWidth) pad \(pads)"
            + " \(Batch(context.choosing.batch).rawValue) \(context.isTraining ? "training" : "prediction")"
            + " threads \(context.choosing.threads) \(InstructionSet.current)"
    }

    public init(description: String) { self.description = description }

    /// What is measured with one batch holds for others of its kind.
    private enum Batch: String {
        case one = "one image"
        case few = "few images"
        case many = "many images"

        init(_ count: Int) { self = count == 1 ? .one : count <= ConvolutionTable.current.fewImages ? .few : .many }
    }
}

/// What was measured on this machine, if anybody asked for it: `ConvolutionTable` heeds it for networks planned later.
public enum MeasuredConvolutions {
    private static let lock = ReadersWriterLock()
    nonisolated(unsafe) private static var methods: [ConvolutionCase: ConvolutionMethod] = [:]  // behind `lock`

    /// What is known.
    public static var all: [ConvolutionCase: ConvolutionMethod] {
        lock.beginReading()
        defer { lock.end() }
        return methods
    }

    /// Replaces all that is known.
    public static func use(_ measured: [ConvolutionCase: ConvolutionMethod]) {
        lock.beginWriting()
        defer { lock.end() }
        methods = measured
    }

    static func method(for wanted: @autoclosure () -> ConvolutionCase) -> ConvolutionMethod? {
        lock.beginReading()
        defer { lock.end() }
        return methods.isEmpty ? nil : methods[wanted()]
    }
}

extension Conv2D {
    /// The ways to compute this layer on images of `input`, and the case that a choice would be for; throws
    /// `NeuralNetError` for shapes it cannot take. Empty where there is no choice: grouped convolutions.
    public func methods(input: Shape, batch: Int, threads: Int, isTraining: Bool) throws -> (
        case: ConvolutionCase, usual: ConvolutionMethod, possible: [ConvolutionMethod]
    )? {
        guard groups == 1 else { return nil }
        let context = KernelContext(
            inputShapes: [input], outputShape: try outputShape([input]), maximumBatch: batch, threads: threads,
            isTraining: isTraining)
        let geometry = try geometry([input])
        return (
            ConvolutionCase(geometry, filters: filters, context: context),
            ConvolutionTable.current.method(geometry, filters: filters, context: context),
            ConvolutionTable.possible(geometry, filters: filters, context: context)
        )
    }
}
