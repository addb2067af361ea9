/// Completion for zsh; needs nothing but zsh itself.
struct ZshCompletion {
    let root: Command
    func script() -> String { "" }
}
