/// The names of pictures.
public enum ImageFolder {
    /// The endings, for messages.
    public static let endings = ".jpg, .jpeg, .png, .webp"

    /// Whether a file name ends like a picture's, and is not hidden.
    public static func isImageName(_ name: String) -> Bool {
        let name = name.lowercased()
        return !name.hasPrefix(".") && [".jpg", ".jpeg", ".png", ".webp"].contains { name.hasSuffix($0) }
    }
}
