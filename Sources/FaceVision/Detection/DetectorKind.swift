import Threads

/// A detector that can be chosen by name: all that a command line or a server must know to offer it.
///
/// A new detector is a file with the class and its kind, and a line in `all`.
public struct DetectorKind: Sendable {
    /// All that there are; the first is the usual one.
    public static let all: [DetectorKind] = [.yunet, .haar, .mtcnn]

    /// Makes detectors, each for one thread at a time, of what was read once. Throws for settings that are not possible.
    public typealias Maker = @Sendable (DetectorSettings, ThreadPool) throws -> any FaceDetector

    /// The word it is chosen by.
    public let name: String
    /// What it is, in a few words.
    public let summary: String
    /// See `FaceDetector.needsColor`.
    public let needsColor: Bool
    /// What can be set.
    public let options: [DetectorOption]
    private let read: @Sendable (DetectorSettings) throws -> Maker

    /// - Parameter read: reads the files that the settings name, or the usual ones. Throws if they are missing.
    public init(
        _ type: (some FaceDetector).Type, name: String, summary: String, options: [DetectorOption],
        read: @escaping @Sendable (DetectorSettings) throws -> Maker
    ) {
        self.name = name
        self.summary = summary
        needsColor = type.needsColor
        self.options = options + [.smallestShare]
        self.read = read
    }

    /// Reads what the detector needs. Throws what its files throw.
    public func load(_ settings: DetectorSettings = DetectorSettings()) throws -> Maker {
        let make = try read(settings)
        return { settings, threads in
            let detector = try make(settings, threads)
            guard let share = settings.number(DetectorOption.smallestShare.name) else { return detector }
            return ShareLimitedDetector(detector, share: share)
        }
    }

    /// The kind of that name.
    public static func named(_ name: String) -> DetectorKind? { all.first { $0.name == name } }
}

/// Something that can be set in a detector.
public struct DetectorOption: Sendable {
    public enum Values: Sendable {
        case file
        case whole(ClosedRange<Int>)
        case number(ClosedRange<Double>)
    }

    /// Lower-case words joined by hyphens. What two detectors call alike means the same.
    public let name: String
    /// For people, with what holds if it is not set.
    public let help: String
    public let values: Values

    public init(_ name: String, _ values: Values, help: String) {
        self.name = name
        self.values = values
        self.help = help
    }
}

/// What was set; a detector takes what it has and has a value of its own for the rest.
public struct DetectorSettings: Sendable, Hashable {
    public enum Value: Sendable, Hashable {
        case file(String)
        case whole(Int)
        case number(Double)
    }

    /// By the options' names.
    public var values: [String: Value] = [:]
    /// Pictures come one after the other and must not wait: small faces may be missed.
    public var isHurried = false

    public init() {}

    public func file(_ name: String) -> String? {
        guard case .file(let path)? = values[name] else { return nil }
        return path
    }

    public func whole(_ name: String) -> Int? {
        guard case .whole(let value)? = values[name] else { return nil }
        return value
    }

    public func number(_ name: String) -> Double? {
        guard case .number(let value)? = values[name] else { return nil }
        return value
    }
}

extension DetectorOption {
    /// Of any detector that looks for faces of different sizes.
    public static let smallestFace = DetectorOption(
        "min-size", .whole(12...10_000), help: "Smallest face, pixels; 30 by default.")

    /// Of every detector.
    public static let smallestShare = DetectorOption(
        "min-share", .number(0...1), help: "Smallest face, as a share of the picture's shorter side; 0 by default.")

    /// Of those that can leave large ones out.
    public static let largestFace = DetectorOption(
        "max-size", .whole(12...100_000), help: "Largest face, pixels; any by default.")
}

extension DetectorSettings {
    /// The side of the smallest face to find, in pixels.
    public var smallestFace: Int {
        whole(DetectorOption.smallestFace.name) ?? YuNetDetector.Options.smallestFace(isHurried: isHurried)
    }
}
