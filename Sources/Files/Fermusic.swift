/// The program itself.
public enum Fermusic {
    /// As the change log has it.
    public static let version = "0.4.0"
}
