import EmotionRecognition
import Glibc
import NeuralNet
import Testing
import Threads

@Suite struct SessionCallbackTests {
    private func session(_ folder: String, epochs: Int = 2) throws -> TrainingSession {
        var recipe = TrainingRecipe()
        recipe.epochs = epochs
        recipe.batchSize = 8
        recipe.architecture = Architecture.miniXception.rawValue
        recipe.augmentation = .none
        recipe.validationSplit = 0
        recipe.averageDecay = nil
        return try TrainingSession(
            settings: .init(data: "drawn", recipe: recipe, threads: 1), files: .init(checkpoint: folder + "/m.h5"),
            dataset: SyntheticFaces().dataset(training: 21, test: 0), threads: ThreadPool(threads: 1))
    }

    /// The caller's callbacks are called beside the session's own, which has saved before.
    @Test func bothAreKept() throws {
        try withTemporaryFolder { folder in
            let session = try session(folder)
            var steps = 0, own = 0, saved: [Bool] = []
            session.stepEnded = { _ in steps += 1 }
            let callback = LambdaCallback(
                onStepEnd: { _ in own += 1 },
                onEpochEnd: { _, _ in saved.append(access(folder + "/m.h5", F_OK) == 0) })
            session.trainer.callbacks = [callback]
            #expect(try session.run() == .finished)
            // Of three batches the last one ends the epoch.
            #expect(steps == 4 && own == 4 && saved == [true, true])
            #expect(session.trainer.callbacks.count == 1 && session.trainer.callbacks[0] === callback)
        }
    }

    @Test func aCallbackCanEndTheRun() throws {
        try withTemporaryFolder { folder in
            let session = try session(folder, epochs: 5)
            let stops = LambdaCallback(onEpochEnd: { trainer, _ in trainer.stopsTraining = true })
            session.trainer.callbacks = [stops]
            #expect(try session.run() == .interrupted)
            #expect(session.trainer.progress.epoch == 1 && access(session.files.resume, F_OK) == 0)
            // Again, with the session's own callback only once.
            var ended = 0
            session.epochEnded = { _ in ended += 1 }
            #expect(try session.run() == .interrupted)
            #expect(ended == 1 && session.trainer.progress.epoch == 2)
        }
    }

    /// A centre that is larger than the data's pictures.
    @Test func tooLargeACentre() throws {
        try withTemporaryFolder { folder in
            var recipe = TrainingRecipe()
            recipe.cropSize = 44
            #expect(throws: RecognitionError.self) {
                try TrainingSession(
                    settings: .init(data: "drawn", recipe: recipe, threads: 1),
                    files: .init(checkpoint: folder + "/m.h5"),
                    dataset: SyntheticFaces().dataset(training: 7, test: 0, size: 32), threads: ThreadPool(threads: 1))
            }
        }
    }
}
