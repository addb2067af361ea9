import NeuralNet
import NeuralNetTraining
import Randomness
import Testing
import Threads

/// Training by several ranks, as threads of this process: what they compute together is what one computes alone.
@Suite struct DistributedTrainingTests {
    private func model() throws -> Model {
        try Model(input: [6, 6, 1], seed: 4) {
            Conv2D(16, kernelSize: 3, padding: .same)
            BatchNormalization()
            ActivationLayer(.relu)
            Conv2D(16, kernelSize: 3)
            BatchNormalization(momentum: 0.9)
            MaxPool2D(2)
            Dropout(0.3)
            Flatten()
            Dense(3, activation: .softmax)
        }
    }

    /// Batches of 8 of 45 samples: the last one has 5, and with accumulation some steps have one batch.
    private func options(epochs: Int = 2) -> TrainingOptions {
        var options = TrainingOptions()
        options.epochs = epochs
        options.batchSize = 8
        options.gradientAccumulation = 2
        options.averageDecay = 0.9
        options.classWeights = [1, 2, 1]
        options.globalClipNorm = 1
        options.optimizer = SGD(learningRate: 0.05)
        options.earlyStoppingPatience = 50
        options.seed = 3
        return options
    }

    private func trainer(_ options: TrainingOptions, _ communicator: any Communicator) throws -> Trainer {
        try Trainer(
            model(), options: options, data: TrainerTests.Wobbling(count: 45),
            validation: TrainerTests.Wobbling(count: 21), threads: ThreadPool(threads: 1), communicator: communicator)
    }

    private struct State: Sendable {
        var progress: TrainingProgress
        var arrays: [String: [Float]]
    }

    private func state(_ trainer: Trainer) -> State {
        var progress = trainer.progress
        progress.secondsInEpoch = 0
        for i in progress.history.indices { progress.history[i].seconds = 0 }
        return State(progress: progress, arrays: trainer.stateArrays.mapValues(Array.init))
    }

    /// Runs all ranks; `stop` ends the run after so many steps, `from` is a state to go on from.
    private func run(
        ranks: Int, _ options: TrainingOptions, stop: Int? = nil, from saved: State? = nil
    ) throws -> [State] {
        let members = ranks == 1 ? [SingleProcess()] : LocalTeam(ranks).members
        let results = Guarded<[Int: Result<State, any Error>]>([:])
        let threads = members.map { member in
            WorkerThread {
                let result = Result {
                    let trainer = try self.trainer(options, member)
                    if let saved, member.rank == 0 {
                        try trainer.restore(saved.progress) { name, target in
                            _ = target.update(fromContentsOf: saved.arrays[name]!)
                        }
                    }
                    if let saved { try trainer.shareState(saved.progress) }
                    let stopping: (Trainer) -> Void = { trainer in
                        if member.rank == ranks - 1, let stop { trainer.stopsTraining = trainer.progress.step >= stop }
                    }
                    trainer.callbacks = [LambdaCallback(onStepEnd: stopping)]
                    _ = try trainer.run()
                    return self.state(trainer)
                }
                results.withLock { $0[member.rank] = result }
            }
        }
        for thread in threads { thread.join() }
        return try results.withLock { results in try (0..<ranks).map { try results[$0]!.get() } }
    }

    private func difference(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }

    @Test(arguments: [2, 3, 4, 7]) func severalRanksLearnWhatOneLearns(ranks: Int) throws {
        let alone = try run(ranks: 1, options())[0], team = try run(ranks: ranks, options())
        for state in team {
            for (name, values) in alone.arrays {
                #expect(difference(values, state.arrays[name]!) < 1e-4, "\(name), rank \(state.progress.step)")
                #expect(state.arrays[name]! == team[0].arrays[name]!)
            }
            #expect(state.progress.step == alone.progress.step)
            #expect(state.progress == team[0].progress)
        }
        for (a, b) in zip(alone.progress.history, team[0].progress.history) {
            #expect(abs(a.loss - b.loss) < 1e-4 && abs(a.validationLoss! - b.validationLoss!) < 1e-4)
            #expect(a.accuracy == b.accuracy && a.validationMacroF1 == b.validationMacroF1)
        }
    }

    /// All samples in one batch: one step.
    @Test(arguments: 2...4) func oneStepAgreesWithin1e5(ranks: Int) throws {
        var one = options(epochs: 1)
        one.batchSize = 45
        one.gradientAccumulation = 1
        let alone = try run(ranks: 1, one)[0], team = try run(ranks: ranks, one)[0]
        #expect(alone.progress.step == 1 && team.progress.step == 1)
        #expect(difference(alone.arrays["weights"]!, team.arrays["weights"]!) < 1e-5)
    }

    /// Products of rounded numbers, too: what one step adds to the weights agrees within their rounding.
    @Test(arguments: 2...4) func aStepInBFloat16AgreesWithinItsRounding(ranks: Int) throws {
        var one = options(epochs: 1)
        one.batchSize = 45
        one.gradientAccumulation = 1
        let exact = try run(ranks: 1, one)[0].arrays["weights"]!
        one.precision = .bfloat16
        let alone = try run(ranks: 1, one)[0].arrays["weights"]!, team = try run(ranks: ranks, one)
        #expect(alone != exact, "this network has nothing to round")
        #expect(difference(alone, team[0].arrays["weights"]!) < 1e-3)
        for state in team { #expect(state.arrays == team[0].arrays) }
    }

    @Test(arguments: [Precision.float, .bfloat16])
    func fixedPiecesGiveTheSameBitsWhoeverSharesThem(precision: Precision) throws {
        var fixed = options()
        fixed.sumsInFixedPieces = true
        fixed.precision = precision
        let alone = try run(ranks: 1, fixed)[0]
        for ranks in [2, 3, 4, 7, 8] {
            for state in try run(ranks: ranks, fixed) {
                #expect(state.arrays == alone.arrays && state.progress == alone.progress, "\(ranks) ranks")
            }
        }
        let part = try run(ranks: 3, fixed, stop: 4)[0]
        #expect(try run(ranks: 2, fixed, from: part)[0].arrays == alone.arrays)
    }

    @Test func whatWasStoppedGoesOnWithOtherRanks() throws {
        let whole = try run(ranks: 1, options())[0]
        let part = try run(ranks: 3, options(), stop: 4)[0]
        #expect(part.progress.epoch == 1 || part.progress.samplesInEpoch > 0)
        for ranks in [1, 2] {
            let rest = try run(ranks: ranks, options(), from: part)[0]
            #expect(rest.progress.step == whole.progress.step)
            for (name, values) in whole.arrays { #expect(difference(values, rest.arrays[name]!) < 1e-4) }
        }
        // The same ranks go on to the same bits.
        let again = try run(ranks: 3, options(), from: part)[0], straight = try run(ranks: 3, options())[0]
        #expect(again.arrays == straight.arrays && again.progress == straight.progress)
    }

    @Test func eachRankMayNormaliseByItself() throws {
        var own = options()
        own.synchronisesBatchNormalization = false
        let team = try run(ranks: 2, own), synchronised = try run(ranks: 2, options())
        #expect(team[0].arrays == team[1].arrays)
        #expect(team[0].arrays["weights"]! != synchronised[0].arrays["weights"]!)
    }

    @Test func aTeamLargerThanTheBatchIsRefused() {
        #expect(throws: NeuralNetError.invalidSetting("a batch of 8 cannot be shared by 9 processes")) {
            _ = try trainer(options(), LocalTeam(9).members[0])
        }
    }

    @Test func whatFailsAtOneRankFailsAtAll() {
        let texts = Guarded<[String]>([])
        let threads = LocalTeam(3).members.map { member in
            WorkerThread {
                do {
                    try member.together { if member.rank == 1 { throw NeuralNetError.invalidSetting("no") } }
                } catch {
                    texts.withLock { $0.append("\(member.rank) \(error)") }
                }
                do {
                    try member.requireEqual([("data set", "a"), ("version", member.rank == 2 ? "2" : "1")])
                } catch {
                    texts.withLock { $0.append("\(member.rank) \(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        let another = "rank 2: it has another version than rank 0: 2, not 1"
        #expect(
            texts.withLock { $0.sorted() }
                == [
                    "0 rank 1: \(NeuralNetError.invalidSetting("no"))", "0 \(another)",
                    "1 \(NeuralNetError.invalidSetting("no"))",
                    "1 \(another)", "2 rank 1: \(NeuralNetError.invalidSetting("no"))", "2 \(another)",
                ].sorted())
    }
}
