/// Which languages songs may be in, and which come first.
struct LanguageChoice {
    /// ISO codes; any language if empty.
    let asked: [String]
    /// These never come; the empty code stands for unknown languages.
    let excluded: Set<String>

    init(asked: [Language], excluded: [Language]) {
        let excludedCodes = Set(excluded.map { $0.code })
        self.excluded = excludedCodes
        self.asked = Set(asked.map { $0.code }).subtracting(excludedCodes).sorted()
    }

    /// What ranks alike, the best first: languages asked for, unknown ones, all others; or all of them if none were
    /// asked for.
    var tiers: [LanguageTier] {
        if asked.isEmpty { return [.except(excluded)] }
        return [.only(asked), .only([""]), .except(excluded.union(asked).union([""]))]
    }

    /// What songs in each language cost where none was asked for: nothing in the first of those that the listener usually
    /// understands and in those of liked songs, something in the others; what is not here costs `foreignLanguage`. `nil`
    /// where nothing is known of the listener.
    static func costs(_ usual: [Language], liked: Set<String>, _ ranking: MoodMap.Ranking) -> [String: Double]? {
        guard let first = usual.first else { return nil }
        var costs: [String: Double] = [:]
        for language in usual { costs[language.code] = ranking.secondLanguage }
        for code in liked.union([first.code]) { costs[code] = 0 }
        return costs
    }

    /// The place of a language in `tiers`; `nil` if it never comes.
    func tier(of language: String) -> Int? {
        if excluded.contains(language) { return nil }
        return asked.isEmpty || asked.contains(language) ? 0 : language.isEmpty ? 1 : 2
    }
}

/// Languages that rank alike.
enum LanguageTier {
    case only([String])
    case except(Set<String>)

    enum Judgement { case taken, passedOver, end }

    /// Where to begin reading a cell.
    var starts: [CellPlace] {
        switch self {
        case .only(let languages): languages.map { .start(of: $0) }
        case .except(let languages): [languages.contains("") ? .end(of: "") : .start(of: "")]
        }
    }

    /// What becomes of songs in a language that comes behind the one read before.
    func judge(_ language: String) -> Judgement {
        switch self {
        // Each is read by itself.
        case .only: .end
        case .except(let languages): languages.contains(language) ? .passedOver : .taken
        }
    }
}
