/// The names of pictures.
public enum ImageFolder {
    /// Whether a file name ends like a picture's, and is not hidden.
    public static func isImageName(_ name: String) -> Bool {
        let name = name.lowercased()
        return !name.hasPrefix(".") && [".jpg", ".jpeg", ".png", ".webp"].contains { name.hasSuffix($0) }
    }
}
