/// Sorts the words of one command line by the parameter they belong to, without reading the values yet.
struct ArgumentScanner {
    private let command: Command
    private var words: ArraySlice<String>
    private var texts: [String: [String]] = [:]
    private var positionalIndex = 0

    private let otherNames: [String: String]

    /// - Parameter otherNames: what options are called elsewhere, see `Program`.
    init(command: Command, words: ArraySlice<String>, otherNames: [String: String] = [:]) {
        self.command = command
        self.otherNames = otherNames
        self.words = words
    }

    /// The texts given for each parameter, by its name; flags give "true" or "false".
    mutating func scan() throws(UsageError) -> [String: [String]] {
        while let word = words.popFirst() {
            if word == "--" {
                while let rest = words.popFirst() { try takePositional(rest) }
            } else if word.hasPrefix("--") {
                try takeLong(word)
            } else if word.hasPrefix("-"), word.count > 1, !looksNumeric(word) {
                try takeShort(word)
            } else {
                try takePositional(word)
            }
        }
        return texts
    }

    private mutating func takePositional(_ word: String) throws(UsageError) {
        let positionals = command.positionals
        guard positionalIndex < positionals.count else {
            // A value whose option was forgotten.
            let option = command.options.first {
                if case .words(let words) = $0.completion { words.contains(word.lowercased()) } else { false }
            }
            throw .unexpectedArgument(word, suggestion: option.map { "\($0.displayName) \(word.lowercased())" })
        }
        let parameter = positionals[positionalIndex]
        texts[parameter.name, default: []].append(word)
        if !parameter.isRepeated { positionalIndex += 1 }
    }

    /// `--name`, `--name value`, `--name=value`, `--no-name`.
    private mutating func takeLong(_ word: String) throws(UsageError) {
        let name = optionName(word)
        let length = name.unicodeScalars.count
        let inlineValue =
            length < word.unicodeScalars.count ? String(word.unicodeScalars.dropFirst(length + 1)) : nil
        let bare = name.dropFirst(2)
        if let option = command.options.first(where: { $0.name == bare }) {
            try take(option, inlineValue: inlineValue)
        } else if bare.hasPrefix("no-"),
            let flag = command.options.first(where: { $0.isInvertible && $0.name == bare.dropFirst(3) })
        {
            if let inlineValue { throw .unexpectedValue(name, value: inlineValue) }
            texts[flag.name, default: []].append("false")
        } else {
            throw .unknownOption(name, suggestion: suggestOption(name, knownOptions, otherNames))
        }
    }

    /// `-n 5`, `-n5`, `-n=5`, and flags together: `-vq`.
    private mutating func takeShort(_ word: String) throws(UsageError) {
        var rest = word.unicodeScalars.dropFirst()
        while let scalar = rest.popFirst() {
            let letter = Character(scalar)
            guard let option = command.options.first(where: { $0.short == letter }) else {
                throw .unknownOption(optionName(word), suggestion: suggestOption(word, knownOptions, otherNames))
            }
            if option.isFlag {
                if rest.first == "=" { throw .unexpectedValue("-\(letter)", value: String(rest.dropFirst())) }
                texts[option.name, default: []].append("true")
                continue
            }
            if rest.first == "=" {
                rest.removeFirst()
            } else if rest.isEmpty {
                return try take(option, inlineValue: nil)
            }
            return try take(option, inlineValue: String(rest))
        }
    }

    private mutating func take(_ option: ParameterDescription, inlineValue: String?) throws(UsageError) {
        if option.isFlag {
            if let inlineValue { throw .unexpectedValue(option.displayName, value: inlineValue) }
            texts[option.name, default: []].append("true")
        } else if let inlineValue {
            texts[option.name, default: []].append(inlineValue)
        } else if let next = words.first, next == "-" || !next.hasPrefix("-") || looksNumeric(next) {
            words.removeFirst()
            texts[option.name, default: []].append(next)
        } else {
            throw .missingValue(option.displayName, placeholder: option.placeholder)
        }
    }

    private var knownOptions: [String] {
        ["--help"] + command.options.flatMap { ["--\($0.name)"] + ($0.isInvertible ? ["--no-\($0.name)"] : []) }
    }

    /// Whether a word with a dash is a value all the same: `-1`, `-.5`, `-1..1`.
    private func looksNumeric(_ word: String) -> Bool {
        guard word.first == "-", let second = word.dropFirst().first else { return false }
        if second.isASCII, second.isNumber { return true }
        return second == "." && (word.dropFirst(2).first.map { $0.isASCII && $0.isNumber } ?? false)
    }
}
