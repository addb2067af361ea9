import Emotions
import Terminal

/// Where the mood comes from that songs are looked for: said by the user, seen in a picture or before a camera. Other
/// sources join here: an option, and what it becomes.
enum MoodSource {
    static let emotion = Option<EmotionWord?>("emotion", short: "e", help: "What you feel, alone or with weights.")
    static let feeling = Argument<EmotionWord?>("feeling", help: "The same without --emotion: fermusic recommend sad.")
    static let photo = Option<Path?>("photo", short: "p", help: "A picture of a face to see it in.")
    static let camera = Option<Path?>(
        "camera", help: "A camera (0), stream or video: faces are watched for three seconds.")

    /// For the command that has a mood.
    static let parameters: [any Parameter] = [feeling, emotion, photo, camera]

    /// Nothing in particular, where a song says what is looked for. Throws `UsageError` if a source is named too.
    static func none(_ a: Arguments) throws -> EmotionVector {
        let given = [
            ("--emotion", a[emotion] != nil || a[feeling] != nil), ("--photo", a[photo] != nil),
            ("--camera", a[camera] != nil),
        ]
        for (name, isGiven) in given where isGiven { throw UsageError.conflict("--like", name) }
        return EmotionVector(.neutral)
    }

    /// The emotions that the user means. Throws `UsageError` unless exactly one source is named, and what reading it
    /// throws.
    static func read(_ a: Arguments, _ console: Console) throws -> EmotionVector {
        let given: [(name: String, isGiven: Bool)] = [
            ("--emotion", a[emotion] != nil || a[feeling] != nil), ("--photo", a[photo] != nil),
            ("--camera", a[camera] != nil),
        ]
        let named = given.filter(\.isGiven).map(\.name)
        if named.count > 1 { throw UsageError.conflict(named[0], named[1]) }
        if a[emotion] != nil, a[feeling] != nil { throw UsageError.conflict("--emotion", "<feeling>") }
        if let word = a[emotion] ?? a[feeling] { return word.vector }
        if let picture = a[photo] { return try FaceMood(a).inPicture(picture.string, console) }
        if let source = a[camera] { return try FaceMood(a).beforeCamera(source.string, console) }
        throw UsageError.missingOption(given.map(\.name).joined(separator: " or "))
    }
}
