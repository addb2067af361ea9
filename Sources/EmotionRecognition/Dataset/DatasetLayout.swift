import FaceVision
import TextCoding

/// Which files of a folder or archive are pictures of which class and split.
struct DatasetLayout {
    struct Item {
        /// Below the top.
        var file: [String]
        var label: Int
        var split: FaceDataset.Split
    }

    private(set) var classNames: [String] = []
    private(set) var items: [Item] = []
    /// What people should know about how it was understood, a line each.
    private(set) var notes: [Note] = []
    /// What people voted, where that is published instead of classes.
    private(set) var votes: FaceVotes?

    /// A picture whose class has a name, still to be mapped.
    struct Named {
        var file: [String]
        var className: String
        var split: FaceDataset.Split
    }

    /// - Parameter contents: reads a small text file of the listing, for label files.
    /// Throws `DatasetError` when there are no classes, or their names say nothing.
    init(
        _ listing: FileListing, path: String, given: ClassAssignment?, contents: ([String]) throws -> String
    ) throws {
        let pictures = listing.files.filter { PictureFormat.isName($0.last!) }
        let top = DatasetLayout.top(pictures)
        let folders = ClassFolders(pictures, emptyFolders: listing.emptyFolders, top: top)
        var named = folders.named
        var certain: ClassNumbering?
        if !folders.areEmotions, let scheme = try PublishedScheme(listing.files, pictures: pictures, contents: contents)
        {
            named = scheme.named
            votes = scheme.votes
            notes.append(Note(scheme.note))
        } else {
            notes += folders.notes
            if named.allSatisfy({ PublishedScheme.isRAFDB($0.file.last!) }), !named.isEmpty {
                certain = .rafdb
                if given == nil { notes.append(Note("taken for RAF-DB by the names of its files")) }
            }
        }
        guard !named.isEmpty else {
            throw DatasetError.empty(
                path: path,
                reason: folders.hasFolders
                    ? "no pictures in its class folders"
                    : "no class folders (expected train/<class>/*.jpg or <class>/*.jpg)")
        }
        var found: [String] = []
        var seen: Set<String> = []
        for name in named.map(\.className) where seen.insert(name).inserted { found.append(name) }
        guard found.count <= 255 else {
            throw DatasetError.empty(path: path, reason: "\(found.count) class folders are too many, at most 255")
        }
        guard !found.allSatisfy(FaceDataset.Split.isPart) else {
            throw DatasetError.empty(
                path: path,
                reason: "no class folders: the pictures lie in \(found.sorted().joined(separator: ", ")) themselves "
                    + "(expected train/<class>/*.jpg)")
        }
        let mapping = try ClassMapping(found, given: given, certain: certain, path: path)
        classNames = mapping.classNames
        notes += mapping.notes
        items = named.map { picture in
            // FER2013's files say their split themselves.
            let own = picture.file.last!.split(separator: "_").first.flatMap { FaceDataset.Split(rawValue: String($0)) }
            return Item(
                file: picture.file, label: mapping.places[picture.className]!, split: own ?? picture.split)
        }
    }

    /// How many folders lie above those that mean something: a folder that is alone and holds only folders is passed
    /// through, unless its name is a split's or an emotion's.
    private static func top(_ pictures: [[String]]) -> Int {
        guard let first = pictures.first else { return 0 }
        var depth = 0
        while first.count > depth + 2 {
            let name = first[depth]
            if FaceDataset.Split(name: name) != nil { break }
            if case .emotion = ClassWord(name) { break }
            guard pictures.allSatisfy({ $0.count > depth + 2 && $0[depth] == name }) else { break }
            depth += 1
        }
        return depth
    }
}

/// Class folders, with or without folders of splits above them.
private struct ClassFolders {
    private(set) var named: [DatasetLayout.Named] = []
    private(set) var notes: [Note] = []
    /// Whether every class is an emotion by its name.
    private(set) var areEmotions = false
    private(set) var hasFolders = false

    init(_ pictures: [[String]], emptyFolders: [[String]], top: Int) {
        func parts(_ places: [[String]], _ depth: Int) -> Set<String> {
            Set(places.filter { $0.count > depth }.map { $0[top] }.filter { FaceDataset.Split(name: $0) != nil })
        }
        let splits = parts(pictures, top + 2).union(parts(emptyFolders, top + 1))
        let hasValidation = splits.contains { FaceDataset.Split.isValidation($0) }
        let depth = splits.isEmpty ? top : top + 1
        var outside = 0
        for file in pictures {
            guard file.count > depth + 1, splits.isEmpty || splits.contains(file[top]) else {
                outside += 1
                continue
            }
            var split = splits.isEmpty ? .training : FaceDataset.Split(name: file[top])!
            // Beside a part for validation, the test part is for the end.
            if hasValidation, FaceDataset.Split.isTest(file[top]), !splits.isEmpty { split = .privateTest }
            named.append(.init(file: file, className: file[depth], split: split))
        }
        let bare = emptyFolders.filter { $0.count == depth + 1 && (splits.isEmpty || splits.contains($0[top])) }
        hasFolders = !named.isEmpty || !bare.isEmpty
        let classes = Set(named.map(\.className))
        areEmotions =
            !classes.isEmpty
            && classes.allSatisfy {
                switch ClassWord($0) {
                case .emotion, .nearEmotion: return true
                case .other, .number: return false
                }
            }
        if hasValidation, splits.contains(where: FaceDataset.Split.isTest) {
            notes.append(Note("validation pictures are PublicTest, test pictures PrivateTest"))
        }
        for folder in bare.prefix(5) {
            notes.append(Note("\(folder[top...].joined(separator: "/")) is an empty class folder"))
        }
        if bare.count > 5 { notes.append(Note("\(bare.count - 5) more class folders are empty")) }
        if outside > 0 { notes.append(Note("\(counted(outside, "picture")) outside the class folders passed over")) }
    }
}
