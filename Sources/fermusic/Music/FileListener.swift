import MediaFiles
import MusicMatching
import SongSound

/// Listens to the songs of an import as `fermusic song` does.
struct FileListener: SoundAnalyser {
    let name = "fermusic-\(HeardPart.version)"

    /// A tempo of which it is less sure is none to rank by.
    private static let leastConfidence = 0.5

    func sound(of path: String, _ cancellation: Cancellation) throws -> MusicMatching.SongSound {
        let heard = try SongListener().listen(path, cancellation: cancellation)
        var sound = MusicMatching.SongSound()
        sound.loudness = heard.loudness?.integrated
        sound.dynamics = heard.loudness?.range
        if let tempo = heard.tempo, tempo.confidence >= Self.leastConfidence { sound.tempo = tempo.tempo }
        sound.tempoConfidence = heard.tempo?.confidence
        sound.onsetRate = heard.onsetRate
        sound.key = heard.key?.key.tonic
        sound.isMajor = heard.key.map { $0.key.mode == .major }
        sound.keyConfidence = heard.key?.confidence
        sound.brightness = heard.brightness
        sound.acousticness = heard.acousticness.value
        sound.valence = heard.valence.value
        sound.energy = heard.energy.value
        sound.uncertainty = max(heard.valence.error, heard.energy.error)
        return sound
    }
}
