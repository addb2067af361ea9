/// Completion for bash; needs nothing but bash itself.
struct BashCompletion {
    let root: Command
    func script() -> String { "" }
}
