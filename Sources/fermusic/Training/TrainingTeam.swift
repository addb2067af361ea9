import EmotionRecognition
import Files
import Glibc
import MPICommunication
import NeuralNet
import Terminal

/// The processes that train together: the one alone, or those that a launcher of MPI has started.
struct TrainingTeam {
    let communicator: any Communicator
    private let mpi: MPICommunicator?

    static let batchNormalization = Option<String>(
        "batch-norm", default: "whole",
        help: "What BatchNormalization looks at: the whole batch, or what each process has of it.",
        choices: ["whole", "own"]
    ).group("Several machines")
    static let wire = Option<String>(
        "wire", default: "float32",
        help: "How gradients travel between machines: exactly, or in half the bytes with 8 bits of precision.",
        choices: ["float32", "bfloat16"]
    ).group("Several machines")

    static let deterministic = Flag(
        "deterministic-ranks",
        help: "The same bits with 1 to 8 processes: gradients are added up in eight fixed pieces. Slower."
    ).group("Several machines")

    static let silence = Option<Duration>(
        "silence", default: .seconds(30),
        help: "A process that has not been heard from for so long is taken for dead, and the run ends.",
        range: .seconds(5)...
    ).group("Several machines")

    /// What several machines are about.
    static var parameters: [any Parameter] { [batchNormalization, wire, deterministic, silence] }

    /// Throws `UsageError` for what can only be meant for several processes, or not together.
    private static func check(_ a: Arguments) throws {
        if a[deterministic], a[batchNormalization] == "own" {
            throw UsageError.conflict("--batch-norm=own", "--deterministic-ranks")
        }
        if a[wire] == "bfloat16" {
            if a[deterministic] { throw UsageError.conflict("--wire=bfloat16", "--deterministic-ranks") }
            guard MPILibrary.isLaunched else {
                throw UsageError.other("--wire is for several machines: start the program with mpirun or srun")
            }
        }
    }

    /// Whether this process is one of several that train together, and not the first of them: that one says what is the same
    /// for all.
    static var isSilent: Bool {
        let isTraining = CommandLine.argc > 1 && CommandLine.unsafeArgv[1].map { strcmp($0, "train") == 0 } ?? false
        return isTraining && (MPILibrary.launchedRank ?? 0) > 0
    }

    /// Where this process may write.
    static var console: Console {
        guard isSilent else { return .standard }
        return Console(output: TextStream { _ in }, errors: TextStream { _ in })
    }

    /// Meets the others, if there are any.
    static func meet(_ a: Arguments) throws -> TrainingTeam {
        try check(a)
        guard MPILibrary.isLaunched else { return TrainingTeam(communicator: SingleProcess(), mpi: nil) }
        var options = MPICommunicator.Options()
        options.sendsBFloat16 = a[wire] == "bfloat16"
        options.silence = a[silence].seconds
        let mpi = try MPICommunicator(options: options) { say($0) }
        let team = TrainingTeam(communicator: mpi, mpi: mpi)
        // Before anything else is said, which another version may say in another way.
        try team.communicator.requireEqual([("version of the program", Fermusic.version)])
        return team
    }

    /// `3 processes on 2 machines (Open MPI v4.1.4)`; nil for one process.
    var summary: String? {
        guard let mpi else { return nil }
        let machines = Set(mpi.hosts).count
        return "\(mpi.size) processes on \(machines) machine\(machines == 1 ? "" : "s") (\(mpi.library))"
    }

    /// Runs `body` and ends MPI as well as it can be: with a good-bye, or for everybody at once when this process alone
    /// fails.
    func finish(_ console: Console, _ body: () throws -> ExitCode) throws -> ExitCode {
        guard let mpi else { return try body() }
        do {
            let code = try body()
            mpi.close()
            return code
        } catch let error as Agreed {
            mpi.close()
            if mpi.rank == 0 { throw error.error }
            return error.error is UsageError ? .usage : .failed
        } catch {
            // What all find out, the first says.
            if mpi.rank > 0 { sleep(2) }
            TrainingTeam.say(named(error))
            mpi.abort(code: ExitCode.failed.rawValue)
        }
    }

    /// An error that all ranks know of.
    private struct Agreed: Error {
        var error: any Error
    }

    /// See `Communicator.together`.
    func together<Result>(_ body: () throws -> Result) throws -> Result {
        guard mpi != nil else { return try body() }
        do {
            return try communicator.together(text: Remedies.text, body)
        } catch {
            throw Agreed(error: error)
        }
    }

    /// Throws if a rank has other values than rank 0.
    func requireEqual(_ values: [(name: String, value: String)]) throws {
        if mpi == nil { return }
        do {
            try communicator.requireEqual(values)
        } catch {
            throw Agreed(error: error)
        }
    }

    private func named(_ error: any Error) -> String {
        guard let mpi, mpi.rank > 0 else { return Remedies.text(error) }
        return "rank \(mpi.rank) on \(mpi.hosts[mpi.rank]): \(Remedies.text(error))"
    }

    private static func say(_ text: String) {
        try? Console.standard.errors.line("fermusic: \(printable(text))")
    }
}
