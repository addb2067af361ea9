import EmotionRecognition
import Foundation
import NeuralNet
import Testing

/// The launchers by the names that Debian gives them beside each other; nil where they are not installed.
enum Launcher {
    static let openMPI = found("/usr/bin/mpirun.openmpi")
    static let mpich = found("/usr/bin/mpirun.mpich")

    private static func found(_ path: String) -> String? {
        FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
}

/// Training by several processes that mpirun starts, on this machine. Skipped where there is no Open MPI;
/// Scripts/test-mpi has networks between them.
@Suite(.serialized, .enabled(if: Launcher.openMPI != nil, "no mpirun: apt-get install openmpi-bin"))
final class SeveralProcessesTests {

    private let folder: URL
    private var data: String { path("faces.packed") }

    init() throws {
        folder = try Fermusic.temporaryFolder()
        let drawn = try Fermusic.run(["dataset", "generate", path("faces.packed"), "--training", "150", "--test", "40"])
        try #require(drawn.status == 0, "\(drawn.errors)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// A shell's words that put mpirun before the program: `exec "$0" "$@"` runs it.
    private func launch(_ ranks: Int, _ more: String = "") -> String {
        // Root has to say that it means it; a small machine has fewer processors than ranks.
        """
        set -- -n \(ranks) --oversubscribe --bind-to none $(test $(id -u) = 0 && echo --allow-run-as-root) \(more) "$0" "$@"
        exec '\(Launcher.openMPI!)' "$@"
        """
    }

    private func train(_ checkpoint: String, _ more: [String] = [], epochs: Int = 2) -> [String] {
        [
            "train", "--data", data, "--checkpoint", path(checkpoint), "--epochs", "\(epochs)", "--save", "last",
            "--threads", "1", "--batch", "20",
        ] + more
    }

    private func weights(_ checkpoint: String) throws -> [Float] {
        let model = try ModelFile.read(path(checkpoint)).model
        return model.weights.entries.indices.flatMap { model.weights.array($0) }
    }

    @Test func fixedPiecesGiveTheSameBitsWhateverTheNumberOfProcesses() throws {
        let alone = try Fermusic.run(train("1.h5", ["--deterministic-ranks"]))
        #expect(alone.status == 0, "\(alone.errors)")
        for ranks in [2, 3, 4] {
            let team = try Fermusic.run(train("\(ranks).h5", ["--deterministic-ranks"]), shell: launch(ranks))
            #expect(team.status == 0, "\(team.errors)")
            #expect(try weights("\(ranks).h5") == weights("1.h5"), "\(ranks) processes")
            #expect(team.errors.contains("\(ranks) processes on 1 machine (Open MPI"))
            // One process speaks.
            #expect(team.errors.components(separatedBy: "wrote ").count == 2)
        }
    }

    @Test(.enabled(if: Launcher.mpich != nil, "no mpirun.mpich: apt-get install mpich"))
    func MPICHDoesTheSame() throws {
        let alone = try Fermusic.run(train("1.h5", ["--deterministic-ranks"]))
        #expect(alone.status == 0, "\(alone.errors)")
        let team = try Fermusic.run(
            train("2.h5", ["--deterministic-ranks"]), shell: "exec '\(Launcher.mpich!)' -n 2 \"$0\" \"$@\"")
        #expect(team.status == 0 && team.errors.contains("2 processes on 1 machine (MPICH"), "\(team.errors)")
        #expect(try weights("2.h5") == weights("1.h5"))
    }

    @Test func teamsLearnInBFloat16() throws {
        let more = ["--deterministic-ranks", "--precision", "bfloat16"]
        let alone = try Fermusic.run(train("1.h5", more)),
            team = try Fermusic.run(train("2.h5", more), shell: launch(2))
        #expect(alone.status == 0 && team.status == 0, "\(alone.errors) \(team.errors)")
        // By what bfloat16 is multiplied on this machine, or that it is not.
        #expect(alone.errors.contains(" threads, bfloat16 (") || alone.errors.contains(" thread, bfloat16 ("))
        #expect(try weights("2.h5") == weights("1.h5"))
        let both = try Fermusic.run(
            train("3.h5", ["--precision", "bfloat16", "--wire", "bfloat16"]), shell: launch(3))
        #expect(both.status == 0, "\(both.errors)")
    }

    @Test func teamsLearnAndGoOnWithOthers() throws {
        let stopped = try Fermusic.run(train("a.h5", ["--budget", "0.01s"]), shell: launch(3))
        #expect(stopped.status == 0 && stopped.errors.contains("go on with"), "\(stopped.errors)")
        let rest = try Fermusic.run(["train", "--resume", "--checkpoint", path("a.h5")], shell: launch(2))
        #expect(rest.status == 0, "\(rest.errors)")
        #expect(!FileManager.default.fileExists(atPath: path("a.resume.h5")))
        let halves = try Fermusic.run(
            train("b.h5", ["--wire", "bfloat16", "--batch-norm", "own"]), shell: launch(2))
        #expect(halves.status == 0, "\(halves.errors)")
    }

    /// What our program says, without mpirun's own words.
    private func said(_ result: Fermusic.Result) -> [String] {
        result.errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("fermusic: ") }
    }

    @Test func whatCannotBeIsOneLine() throws {
        let small = try Fermusic.run(train("x.h5", ["--batch", "2"]), shell: launch(3))
        #expect(said(small).count == 1 && said(small)[0].contains("cannot be shared by 3 processes"), "\(small.errors)")
        let missing = try Fermusic.run(train("x.h5") + ["--data", path("nothing")], shell: launch(2))
        #expect(said(missing).count == 1 && said(missing)[0].contains("nothing"), "\(missing.errors)")
        let other = path("other.packed")
        _ = try Fermusic.run(["dataset", "generate", other, "--training", "150", "--test", "40", "--seed", "2"])
        let differing = try Fermusic.run(
            [
                "-c",
                "test $OMPI_COMM_WORLD_RANK = 1 && set -- \"$@\" --data \(other); exec \(Fermusic.executable.path) \"$@\"",
                "sh",
            ]
                + train("x.h5"),
            shell: launch(2).replacingOccurrences(of: "\"$0\" \"$@\"\nexec", with: "/bin/sh \"$@\"\nexec"))
        #expect(
            said(differing).count == 1 && said(differing)[0].contains("rank 1: it has another data set than rank 0"),
            "\(differing.errors)")
        let alone = try Fermusic.run(train("x.h5", ["--wire", "bfloat16"]))
        #expect(alone.status == 2 && alone.errors.contains("--wire is for several machines"))
        #expect(!FileManager.default.fileExists(atPath: path("x.h5")))
    }
}
