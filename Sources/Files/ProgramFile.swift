import Glibc

/// Files that belong to the program: models, the list of songs.
public enum ProgramFile {
    /// Where a file of the program is: in the folder that FERMUSIC_DATA names, beside the installed program
    /// (`bin/fermusic`, `share/fermusic/FILE`), or in the checkout it was built in (`FOLDER/FILE` in a folder above the
    /// program). `nil` if it is nowhere.
    ///
    /// - Parameter folder: the checkout's folder, such as "Datasets".
    public static func path(_ name: String, checkoutFolder folder: String) -> String? {
        var candidates: [String] = []
        if let named = getenv("FERMUSIC_DATA") { candidates.append(String(pathBytes: named) + "/" + name) }
        if let program = programPath() {
            let place = program.parentFolder
            candidates.append(place.parentFolder + "/share/fermusic/" + name)
            var above = place
            for _ in 0..<5 where above != "/" {
                candidates.append("\(above)/\(folder)/\(name)")
                above = above.parentFolder
            }
        }
        return candidates.first { access($0.cPath, R_OK) == 0 }
    }

    /// The running program, links resolved.
    public static func programPath() -> String? {
        guard let pointer = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(pointer) }
        return String(pathBytes: pointer)
    }
}
