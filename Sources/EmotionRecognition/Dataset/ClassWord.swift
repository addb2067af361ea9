import Emotions
import TextCoding

/// What the name of a class folder, a label in a table or an output of a model means.
enum ClassWord: Equatable {
    case emotion(Emotion)
    /// Only a typing error away from a word for it.
    case nearEmotion(Emotion)
    case number(Int)
    /// A class of its own, with the name that it gets.
    case other(String)

    /// Reads a name: `happy`, `Joy`, `3_happy`, `happy_faces`, `suprise`, `3`, `class_3`, `frown`.
    init(_ name: String) {
        if let emotion = Emotion(name: name) {
            self = .emotion(emotion)
            return
        }
        let (words, digits) = ClassWord.parts(name)
        let meant = words.filter { !ClassWord.fillers.contains($0.lowercased()) }
        let joined = meant.joined(separator: " ")
        if meant.isEmpty, digits.count == 1, let number = Int(digits[0]) {
            self = .number(number)
        } else if let emotion = Emotion(name: joined) {
            self = .emotion(emotion)
        } else if let emotion = EmotionWords.nearEmotion(joined) {
            self = .nearEmotion(emotion)
        } else {
            self = .other(name)
        }
    }

    /// The names of a model's outputs as this program calls them: emotions by their names, others as they are. A second
    /// word for the same emotion stays what it is, as `calm` beside `neutral`, since outputs must be told apart.
    static func outputNames(_ names: [String]) -> [String] {
        let meant = names.map(ClassWord.init)
        let exact = Set(names.compactMap { name in Emotion.allCases.first { $0.name == name } })
        var taken = exact
        return zip(names, meant).map { name, word in
            switch word {
            case .emotion(let emotion), .nearEmotion(let emotion):
                if emotion.name == name { return name }
                return taken.insert(emotion).inserted ? emotion.name : name
            case .other(let own): return names.contains(own) ? name : own
            case .number: return name
            }
        }
    }

    /// Words that say nothing about the class.
    private static let fillers: Set<String> = [
        "face", "faces", "image", "images", "img", "imgs", "picture", "pictures", "pic", "pics", "photo", "photos",
        "emotion", "emotions", "expression", "expressions", "class", "label", "people", "person", "human",
    ]

    /// Runs of letters, cut also where a capital follows a small letter, and runs of digits.
    private static func parts(_ name: String) -> (words: [String], digits: [String]) {
        var words: [String] = [], digits: [String] = []
        var before: Character?
        for character in name {
            let isDigit = character.isASCII && character.isNumber
            if isDigit {
                if let before, before.isASCII, before.isNumber {
                    digits[digits.count - 1].append(character)
                } else {
                    digits.append(String(character))
                }
            } else if character.isLetter {
                let continues = before?.isLetter == true && !(before!.isLowercase && character.isUppercase)
                if continues { words[words.count - 1].append(character) } else { words.append(String(character)) }
            }
            before = character
        }
        return (words, digits)
    }
}

extension ModelLabels {
    /// The lines of a file of labels, one per output: `angry`, or numbered `0 angry`, as Teachable Machine writes them.
    public static func parse(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { line in
            let line = line.trimmingBlanks
            let pieces = line.split(separator: " ", maxSplits: 1)
            return pieces.count == 2 && Int(pieces[0].filter { $0 != ":" }) != nil ? pieces[1].trimmingBlanks : line
        }.filter { !$0.isEmpty }
    }
}

/// The names of a model's outputs.
public enum ModelLabels {
    /// Names as this program calls them, see `EmotionWords`: `Anger` is `angry`. Others stay as they are.
    public static func standard(_ names: [String]) -> [String] { ClassWord.outputNames(names) }
}
