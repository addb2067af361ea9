import EmotionRecognition
import NeuralNet
import Testing
import Threads

/// What would help is data that front ends put into words of their own.
@Suite struct RemedyTests {
    private func remedy(_ body: () throws -> Void) -> Remedy? {
        do { try body() } catch { return (error as? any RemediableError)?.remedy }
        return nil
    }

    @Test func modelsSayWhatIsMissing() throws {
        try withTemporaryFolder { folder in
            func read(_ activation: Activation, outputs: Int = 1, _ hints: EmotionModel.Hints) throws -> EmotionModel {
                let input = Input([4, 4, 1])
                let flat = Flatten()(input)
                let ends = (0..<outputs).map { Dense(2, activation: activation, name: "out\($0)")(flat) }
                let model = try Model(inputs: [input], outputs: ends)
                model.weights.initialize(seed: 1)
                try ModelFile.write(model, to: folder + "/m.h5")
                return try EmotionModel(reading: folder + "/m.h5", hints: hints)
            }
            let names = EmotionModel.Hints(classNames: ["a", "b"]), range = EmotionModel.Hints(inputRange: (0, 1))
            let both = EmotionModel.Hints(inputRange: (0, 1), classNames: ["a", "b"])
            #expect(remedy { _ = try read(.softmax, names) } == .inputRange)
            #expect(remedy { _ = try read(.softmax, range) } == .classNames)
            #expect(remedy { _ = try read(.relu, both) } == .outputKind)
            #expect(remedy { _ = try read(.softmax, outputs: 2, both) } == .outputName(["out0", "out1"]))
            let noted = try read(.linear, both).notes
            #expect(noted.map(\.remedy) == [.outputKind])
            let silent = try read(.softmax, both).notes
            #expect(silent.isEmpty)
        }
    }

    @Test func dataSetsSayWhatClassesAreNotClear() throws {
        try withTemporaryFolder { folder in
            func found(_ label: String) throws -> Remedy? {
                let text = "emotion,pixels,Usage\n\(label),1 2 3 4,Training\n"
                let path = try write(text, to: folder + "/a.csv")
                return remedy {
                    _ = try FaceDataset.read(
                        path, options: DatasetReadOptions(size: 2), threads: ThreadPool(threads: 1)
                    ) { _ in }
                }
            }
            let frown = try found("frown"), seven = try found("7")
            #expect(frown == .classes(fitting: [], example: "frown"))
            #expect(
                seven == .classes(fitting: ["rafdb", "affectnet", "ferplus", "ckplus"], example: "7"))
        }
    }
}
