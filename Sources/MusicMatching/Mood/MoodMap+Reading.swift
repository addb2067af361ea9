import Emotions
import Files
import TextCoding

extension MoodMap {
    /// The map without any changes of the user's.
    public static let standard: MoodMap = {
        do {
            var map = MoodMap.blank
            try map.apply(standardText, path: "the standard mood map")
            let missing = Emotion.allCases.filter { emotion in
                map.match[emotion.rawValue].isEmpty || map.lift[emotion.rawValue].isEmpty
                    || map.feelings[emotion.rawValue] == nowhere
            }
            precondition(missing.isEmpty, "the standard mood map lacks \(missing)")
            return map
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// The standard map with a user's changes. Throws `MusicError` naming the line.
    public init(overriddenBy path: String) throws {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: 1 << 20)
        } catch let failure as FileFailure {
            throw MusicError.badFile(path: path, reason: failure.reason)
        }
        self = .standard
        try apply(String(decoding: bytes, as: UTF8.self), path: path)
    }

    /// Nothing is known; `standardText` fills it.
    private static var blank: MoodMap {
        let none = Emotion.allCases.map { _ in [MoodPoint]() }
        return MoodMap(
            feelings: Emotion.allCases.map { _ in nowhere }, match: none, lift: none,
            weights: [0.2, 0.2, 0.2, 0.2, 0.2], ranking: Ranking())
    }

    private static let nowhere = MoodPoint(
        valence: 0.5, energy: 0.5, danceability: 0.5, acousticness: 0.5, tempo: 110)

    /// Takes the lines of a file over: an emotion's first line in a section replaces what was known, each further one adds
    /// a point. On failure the map is unchanged.
    mutating func apply(_ text: String, path: String) throws {
        var map = self, section = "", begun: Set<String> = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = trimmed(line.prefix { $0 != "#" })
            if content.isEmpty { continue }
            do throws(LineError) {
                if content.hasPrefix("["), content.hasSuffix("]") {
                    section = String(content.dropFirst().dropLast())
                    guard MoodMap.sections.contains(section) else {
                        throw LineError(
                            "no section [\(section)]; there are \(MoodMap.sections.joined(separator: ", "))")
                    }
                } else {
                    try map.apply(line: content, section: section, begun: &begun)
                }
            } catch {
                throw MusicError.badLine(path: path, line: index + 1, reason: error.reason)
            }
        }
        let sum = map.weights.reduce(0, +)
        guard sum > 0 else { throw MusicError.badFile(path: path, reason: "all weights are 0") }
        map.weights = map.weights.map { $0 / sum }
        self = map
    }

    fileprivate struct LineError: Error {
        var reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private static let sections = ["feelings", "match", "lift", "weights", "ranking", "words"]

    /// - Parameter begun: the emotions of which the file had a line in a section.
    private mutating func apply(line: Substring, section: String, begun: inout Set<String>) throws(LineError) {
        guard let equals = line.firstIndex(of: "=") else { throw LineError("expected NAME = VALUES, found '\(line)'") }
        let name = String(trimmed(line[..<equals]))
        var numbers: [Double] = []
        for word in line[line.index(after: equals)...].split(whereSeparator: \.isWhitespace) {
            guard let number = Double(word), number.isFinite else { throw LineError("'\(word)' is not a number") }
            numbers.append(number)
        }
        switch section {
        case "feelings", "match", "lift":
            guard let emotion = Emotion(name: name) else { throw LineError("no emotion '\(name)'") }
            let point = try MoodMap.point(numbers), isFirst = begun.insert("\(section) \(emotion.name)").inserted
            if section == "feelings" {
                feelings[emotion.rawValue] = point
            } else {
                let list = section == "match" ? \MoodMap.match : \MoodMap.lift
                if isFirst { self[keyPath: list][emotion.rawValue] = [] }
                guard self[keyPath: list][emotion.rawValue].count < 20 else { throw LineError("more than 20 points") }
                self[keyPath: list][emotion.rawValue].append(point)
            }
        case "words": words[NameKey.fold(name)] = try MoodMap.point(numbers)
        case "weights":
            guard let axis = MoodAxis(name: name) else { throw LineError("no axis '\(name)'") }
            weights[axis.rawValue] = try MoodMap.one(numbers, in: 0...1000)
        case "ranking": try ranking.set(name, numbers)
        default: throw LineError("a line before the first [section]")
        }
    }

    private static func point(_ numbers: [Double]) throws(LineError) -> MoodPoint {
        guard numbers.count == 5 else {
            throw LineError(
                "expected valence, energy, danceability, acousticness, tempo; found \(numbers.count) numbers")
        }
        var point = MoodPoint(valence: 0, energy: 0, danceability: 0, acousticness: 0, tempo: 0)
        for axis in MoodAxis.allCases {
            let number = numbers[axis.rawValue]
            guard axis.range.contains(number) else {
                throw LineError(
                    "\(axis.name) \(number) is not in \(axis.range.lowerBound)...\(axis.range.upperBound)")
            }
            point[axis] = number
        }
        return point
    }

    private static func one(_ numbers: [Double], in range: ClosedRange<Double>) throws(LineError) -> Double {
        guard numbers.count == 1 else { throw LineError("expected one number, found \(numbers.count)") }
        guard range.contains(numbers[0]) else {
            throw LineError("\(numbers[0]) is not in \(range.lowerBound)...\(range.upperBound)")
        }
        return numbers[0]
    }

    /// `set` throws this so that it can stay with the type it belongs to.
    fileprivate static func setting(
        _ numbers: [Double], in range: ClosedRange<Double>
    ) throws(LineError) -> Double { try one(numbers, in: range) }

    fileprivate static func unknownSetting(_ name: String) -> LineError { LineError("no setting '\(name)'") }
}

extension MoodMap.Ranking {
    fileprivate mutating func set(_ name: String, _ numbers: [Double]) throws(MoodMap.LineError) {
        if let path = MoodMap.Ranking.shares[name] {
            self[keyPath: path] = try MoodMap.setting(numbers, in: 0...1)
            return
        }
        switch name {
        case "tempo-span": tempoSpan = try MoodMap.setting(numbers, in: 1...1000)
        case "amplify-gain": amplifyGain = try MoodMap.setting(numbers, in: 0...10)
        case "played-half-life": playedHalfLife = try MoodMap.setting(numbers, in: 0.001...10_000)
        case "offered-half-life": offeredHalfLife = try MoodMap.setting(numbers, in: 0.001...10_000)
        case "own-half": ownHalf = try MoodMap.setting(numbers, in: 0...1_000_000)
        case "artist-gap": artistGap = Int(try MoodMap.setting(numbers, in: 1...1000))
        case "draw-pool": drawPool = Int(try MoodMap.setting(numbers, in: 1...1000))
        case "surprise-pool": surprisePool = Int(try MoodMap.setting(numbers, in: 1...1000))
        default: throw MoodMap.unknownSetting(name)
        }
    }

    private static var shares: [String: WritableKeyPath<MoodMap.Ranking, Double>] {
        [
            "estimate-trust": \.estimateTrust, "estimate-error": \.estimateError, "other-label": \.otherLabel,
            "later-label": \.laterLabel, "no-label": \.noLabel, "fear-theme": \.fearTheme,
            "company-theme": \.companyTheme, "second-language": \.secondLanguage,
            "foreign-language": \.foreignLanguage, "favourite-artist": \.favouriteArtist,
            "liked-artist": \.likedArtist, "liked-song": \.likedSong, "disliked-artist": \.dislikedArtist,
            "taste-genre": \.tasteGenre, "taste-decade": \.tasteDecade, "taste-language": \.tasteLanguage,
            "taste-sound": \.tasteSound, "like-genre": \.likeGenre, "like-decade": \.likeDecade,
            "like-language": \.likeLanguage, "like-artist": \.likeArtist, "own-share": \.ownShare,
            "played": \.played, "offered": \.offered, "draw-reach": \.drawReach,
            "surprise-share": \.surpriseShare, "surprise-reach": \.surpriseReach,
        ]
    }
}
