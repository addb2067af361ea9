/// Replaces files whole: a kill or a full disk at any moment leaves the old contents or the new, never a mixture.
public enum AtomicFile {
    /// Makes a file beside `path`, lets `write` fill it, makes it durable and gives it the name `path`. A file already
    /// there hands on its owner, group and permissions as far as this process may, a symbolic link still points to it. On
    /// failure nothing is left behind. Throws `FileFailure`, and what `write` throws.
    ///
    /// - Parameter isPrivate: only its owner may read it, at no moment anybody else, whatever was there before.
    public static func replace(
        _ path: String, makesFolders: Bool = false, isPrivate: Bool = false, write: (FileOutput) throws -> Void
    ) throws {
        if makesFolders { try FolderTree.create(path.parentFolder) }
        let replacement = try Replacement(path, isPrivate: isPrivate)
        // Closes it at the end, when it has its name: then it is no longer locked.
        let output = FileOutput(descriptor: replacement.descriptor)
        do {
            try write(output)
            try replacement.commit()
        } catch {
            replacement.discard()
            throw error
        }
        try output.close()
    }
}
