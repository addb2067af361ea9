import JSON
import JSONCoding
import NeuralNet

extension TrainingSession {
    /// What a run needs to be found again; saved in its resume file.
    public struct Settings: Sendable, Equatable, Codable {
        /// The path of the data set, as the user gave it.
        public var data: String
        /// How the network is trained.
        public var recipe: TrainingRecipe
        /// Part of the settings, as the bits of the weights depend on it.
        public var threads: Int
        /// Whether pictures that cannot be used are left out.
        public var skipsBad: Bool
        /// See `ClassAssignment`: a published numbering's name, or a file.
        public var classes: String?
        /// Where people's votes are, and which pictures they belong to; see `FaceVotes`.
        public var votes: String?
        /// Which pictures the votes belong to; see `FaceVotes`.
        public var voteNames: String?
        /// Gets a line per epoch, as `.csv` or `.jsonl` by its ending.
        public var log: String?
        /// The folder of an HTML report.
        public var report: String?
        /// See `TrainingOptions.synchronisesBatchNormalization`; nil for true.
        public var synchronisesBatchNormalization: Bool?
        /// See `TrainingOptions.sumsInFixedPieces`; nil for false.
        public var sumsInFixedPieces: Bool?

        public init(data: String, recipe: TrainingRecipe, threads: Int, skipsBad: Bool = false) {
            self.data = data
            self.recipe = recipe
            self.threads = threads
            self.skipsBad = skipsBad
        }
    }

    /// Where the run writes.
    public struct Paths: Sendable {
        /// The model file, which holds the kept epoch's weights.
        public var checkpoint: String
        /// Seconds between two saves of the resume file, besides that after each epoch.
        public var saveInterval = 300.0

        public init(checkpoint: String) { self.checkpoint = checkpoint }

        /// Beside the checkpoint: `my.h5` has `my.resume.h5`.
        public var resume: String {
            checkpoint.hasSuffix(".h5") ? checkpoint.dropLast(3) + ".resume.h5" : checkpoint + ".resume.h5"
        }
    }

    /// The settings of an unfinished run. Throws `RecognitionError.file`.
    public static func settings(ofResumeFile path: String) throws -> Settings {
        let text = try ResumeFile.settings(of: path)
        guard let saved = try? JSONValue.decode(Saved.self, from: text) else {
            throw RecognitionError.file(path: path, place: "settings", reason: "damaged, or of another program version")
        }
        return saved.settings
    }

    /// What a resume file says of the run.
    package struct Saved: Codable {
        package var settings: Settings
        var seconds: Double
        var dataFingerprint: String
        var teacherFingerprint: String?
        var baseFingerprint: String?
        var began: String?
    }
}
