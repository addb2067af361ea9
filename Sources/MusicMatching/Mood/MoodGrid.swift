/// Divides mood space into cells, so that the songs near a mood are found without looking at all others.
///
/// A cell is a box of valence, energy, danceability and acousticness. Songs without labels, and songs with estimates,
/// lie in grids of their own, because what is added to their distance is then known for a whole cell; so do songs that
/// are the listener's own, which are also looked for by themselves.
enum MoodGrid {
    static let valenceSteps = 32, energySteps = 32, danceabilitySteps = 3, acousticnessSteps = 4
    /// Boxes that share valence and energy.
    static let boxesPerColumn = danceabilitySteps * acousticnessSteps
    static let columns = valenceSteps * energySteps

    /// Which of the eight grids.
    struct Kind: Hashable {
        var isLabelled: Bool
        var hasEstimates: Bool
        /// Whether it holds the listener's own songs.
        var isOwn: Bool
        var number: Int { (isLabelled ? 1 : 0) + (hasEstimates ? 2 : 0) + (isOwn ? 4 : 0) }

        static let all = (0..<8).map {
            Kind(isLabelled: $0 & 1 != 0, hasEstimates: $0 & 2 != 0, isOwn: $0 & 4 != 0)
        }
    }

    /// The cell of a song; changing this needs a migration that moves all songs.
    static func cell(_ mood: MoodPoint, kind: Kind) -> Int {
        func step(_ axis: MoodAxis, _ count: Int) -> Int {
            min(count - 1, axis.stored(mood[axis]) * count / Int(axis.stepsPerUnit))
        }
        let column = step(.valence, valenceSteps) * energySteps + step(.energy, energySteps)
        let box = step(.danceability, danceabilitySteps) * acousticnessSteps + step(.acousticness, acousticnessSteps)
        return number(kind: kind, column: column, box: box)
    }

    /// The numbers of all cells of a grid.
    static func cells(of kind: Kind) -> Range<Int> {
        let count = columns * boxesPerColumn
        return kind.number * count..<(kind.number + 1) * count
    }

    static func number(kind: Kind, column: Int, box: Int) -> Int {
        (kind.number * columns + column) * boxesPerColumn + box
    }

    /// How far a target lies outside the column, per axis.
    static func gaps(column: Int, _ target: MoodPoint) -> (valence: Double, energy: Double) {
        (
            gap(target.valence, column / energySteps, of: valenceSteps),
            gap(target.energy, column % energySteps, of: energySteps)
        )
    }

    /// How far a target lies outside the box, on the other two axes.
    static func gaps(box: Int, _ target: MoodPoint) -> (danceability: Double, acousticness: Double) {
        (
            gap(target.danceability, box / acousticnessSteps, of: danceabilitySteps),
            gap(target.acousticness, box % acousticnessSteps, of: acousticnessSteps)
        )
    }

    private static func gap(_ value: Double, _ step: Int, of count: Int) -> Double {
        // The database keeps ten-thousandths: a stored value may lie half of one beside the song's own.
        let slack = 0.0001
        let low = Double(step) / Double(count) - slack, high = Double(step + 1) / Double(count) + slack
        return max(0, low - value, value - high)
    }
}
