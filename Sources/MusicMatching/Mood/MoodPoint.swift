/// A place in mood space, of a song or of a wish: how pleasant it feels, how much energy it has, and three lesser axes.
///
/// Valence and energy stand for the two axes of Russell's circumplex (J. Russell, "A circumplex model of affect",
/// 1980); the lesser axes are those that song catalogues carry.
public struct MoodPoint: Sendable, Hashable {
    /// 0 sad, angry ... 1 cheerful.
    public var valence: Double
    /// 0 calm ... 1 intense.
    public var energy: Double
    /// 0 ... 1.
    public var danceability: Double
    /// 0 electric, produced ... 1 acoustic.
    public var acousticness: Double
    /// Beats per minute.
    public var tempo: Double

    public init(valence: Double, energy: Double, danceability: Double, acousticness: Double, tempo: Double) {
        self.valence = valence
        self.energy = energy
        self.danceability = danceability
        self.acousticness = acousticness
        self.tempo = tempo
    }

    public subscript(axis: MoodAxis) -> Double {
        get {
            switch axis {
            case .valence: valence
            case .energy: energy
            case .danceability: danceability
            case .acousticness: acousticness
            case .tempo: tempo
            }
        }
        set {
            switch axis {
            case .valence: valence = newValue
            case .energy: energy = newValue
            case .danceability: danceability = newValue
            case .acousticness: acousticness = newValue
            case .tempo: tempo = newValue
            }
        }
    }

    /// The point `share` of the way to another: 0 is here, 1 is there. Beyond 1 it goes on in the same direction.
    public func moved(towards other: MoodPoint, share: Double) -> MoodPoint {
        var result = self
        for axis in MoodAxis.allCases { result[axis] += share * (other[axis] - self[axis]) }
        return result
    }

    /// The nearest point whose coordinates can occur.
    public var clamped: MoodPoint {
        var result = self
        for axis in MoodAxis.allCases {
            result[axis] = min(max(result[axis], axis.range.lowerBound), axis.range.upperBound)
        }
        return result
    }
}

/// The coordinates of mood space.
public enum MoodAxis: Int, CaseIterable, Sendable, Hashable {
    case valence, energy, danceability, acousticness, tempo

    public var name: String {
        switch self {
        case .valence: "valence"
        case .energy: "energy"
        case .danceability: "danceability"
        case .acousticness: "acousticness"
        case .tempo: "tempo"
        }
    }

    public init?(name: String) {
        guard let axis = MoodAxis.allCases.first(where: { $0.name == name }) else { return nil }
        self = axis
    }

    /// The values that can occur.
    public var range: ClosedRange<Double> { self == .tempo ? 20...300 : 0...1 }

    /// How many whole steps the database keeps per unit: ten-thousandths, and tenths of a beat per minute.
    var stepsPerUnit: Double { self == .tempo ? 10 : 10_000 }

    func stored(_ value: Double) -> Int {
        // What is no number is the least.
        Int((min(range.upperBound, max(range.lowerBound, value)) * stepsPerUnit).rounded())
    }

    func value(stored: Int) -> Double { Double(stored) / stepsPerUnit }
}

/// A set of axes.
public struct MoodAxes: OptionSet, Sendable, Hashable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let none: MoodAxes = []
    public static let all = MoodAxes(rawValue: 31)

    public init(_ axis: MoodAxis) { rawValue = 1 << axis.rawValue }
    public func contains(_ axis: MoodAxis) -> Bool { rawValue & (1 << axis.rawValue) != 0 }
}

/// What is known of a song's place in mood space.
public struct PartialMood: Sendable, Hashable {
    private var values: [Double?] = Array(repeating: nil, count: MoodAxis.allCases.count)

    public init() {}

    public init(_ point: MoodPoint) {
        for axis in MoodAxis.allCases { self[axis] = point[axis] }
    }

    /// Nil where nothing is known, as also of what is no number.
    public subscript(axis: MoodAxis) -> Double? {
        get { values[axis.rawValue] }
        set { values[axis.rawValue] = newValue.flatMap { $0.isNaN ? nil : $0 } }
    }

    /// The axes without a value.
    public var missing: MoodAxes {
        MoodAxis.allCases.reduce(into: MoodAxes.none) { if self[$1] == nil { $0.insert(MoodAxes($1)) } }
    }
}
