import EmotionRecognition
import FaceVision
import Files
import NeuralNet
import Terminal

extension PlanWeights: ArgumentChoice {}

extension ModelCommand {
    static let planFile = Argument<Path>("plan", help: "The file to write, usually named .fmplan.")

    static let planWeights = Option<PlanWeights>(
        "weights", default: .float16,
        help:
            "How the plan keeps weights; int8 takes a quarter of float32's room, int6 less than a fifth, int5 less than a sixth."
    )

    static let export = Command(
        "export", summary: "Write a model as a plan: what runs in a browser, or wherever there is no room for more.",
        discussion: """
            A plan has the steps of a prediction in their order, all sizes, the weights with the normalizations folded in, \
            the names of the outputs and how to feed it. It is for prediction only. The detector's file, yunet.onnx, becomes \
            a plan too.
            """,
        examples: [Example("fermusic model export my.h5 my.fmplan")],
        parameters: [file, planFile, planWeights, SharedOptions.inputRange, SharedOptions.labels, SharedOptions.output]
    ) { a, console in
        try OutputName.check("<plan>", a[planFile].string, ["fmplan"])
        let bytes: [UInt8]
        do {
            bytes = try plan(a, console).bytes(weights: a[planWeights])
        } catch let error as PlanError {
            throw RecognitionError.file(path: a[file].string, reason: "\(error)")
        }
        let path = a[planFile].string
        do {
            try FileBytes.write(bytes, to: path)
        } catch let failure as FileFailure {
            throw OutputError(path: path, reason: failure.reason)
        }
        try console.errors.line("wrote \(a[planFile]), \(bytes.count) bytes")
        return .done
    }

    /// Of the detector's file that comes with the program, or of a model that names emotions.
    private static func plan(_ a: Arguments, _ console: Console) throws -> NetworkPlan {
        let path = try ShippedModels.path(a[file].string)
        if NetworkFile.isONNX(path), let detector = try? YuNetWeights(path: path) { return try detector.plan() }
        return try SharedOptions.readModel(path, try SharedOptions.hints(a, size: nil), console).plan()
    }
}
