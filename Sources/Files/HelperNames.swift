/// Files and folders that systems and programs leave beside what people put there.
public enum HelperNames {
    /// Whether nobody means this file or folder when they say "all in this folder": hidden ones, and those of macOS,
    /// Windows, network storage, archivers, notebooks and file systems. `name` has no folder before it.
    public static func contains(_ name: String) -> Bool {
        name.hasPrefix(".") || name.hasPrefix("~$") || name.hasSuffix("~") || known.contains(name.lowercased())
            || name.lowercased().hasPrefix("@recently")
    }

    private static let known: Set<String> = [
        "__macosx", "icon\r", "network trash folder", "temporary items", "thumbs.db", "ehthumbs.db",
        "ehthumbs_vista.db", "desktop.ini", "$recycle.bin", "recycler", "system volume information", "found.000",
        "@eadir", "@recycle", "#recycle", "#snapshot", "@tmp", "@sharebin", "lost+found", "__pycache__",
    ]
}
