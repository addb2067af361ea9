/// Completion for fish; needs nothing but fish itself.
struct FishCompletion {
    let root: Command
    func script() -> String { "" }
}
