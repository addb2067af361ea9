/// How a song sounds, as `SongListener` hears it.
public struct HeardSong: Sendable, Hashable {
    /// A number with its standard error.
    public struct Estimate: Sendable, Hashable {
        public var value: Double
        /// As measured on music that it was not fitted on: two of three are nearer than this.
        public var error: Double

        public init(value: Double, error: Double) {
            self.value = value
            self.error = error
        }
    }

    /// The song's length in seconds as its file says; `nil` if it doesn't.
    public var seconds: Double?
    /// The part that was heard, in seconds from the beginning.
    public var heard: ClosedRange<Double>
    /// `nil` for silence.
    public var loudness: Loudness?
    /// `nil` where nothing repeats itself in time.
    public var tempo: TempoEstimate?
    /// In seconds from the song's beginning, within the part that was heard; none without a tempo.
    public var beats: [Double]
    /// Sounds that begin, a second.
    public var onsetRate: Double
    /// `nil` where nothing has a pitch.
    public var key: KeyEstimate?
    /// 0 dark ... 1 bright.
    public var brightness: Double
    /// 0 electric, produced ... 1 acoustic.
    public var acousticness: Estimate
    /// 0 to 1: how likely somebody speaks and no music plays.
    public var speech: Double
    /// 0 sad, angry ... 1 cheerful, as the catalogue has it.
    public var valence: Estimate
    /// 0 calm ... 1 intense, as the catalogue has it.
    public var energy: Estimate
    /// What the guesses were made from, for comparing songs: numbers of about 0 to 1 in the order of `featureNames`.
    public var features: [Double]

    /// "loudness", "range" ...
    public static var featureNames: [String] { SongFeatures.names }
}
