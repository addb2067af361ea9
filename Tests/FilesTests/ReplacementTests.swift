import CFileAttributes
import Files
import Foundation
import Testing

/// What a file hands on to the one that takes its place, and what is left of one that never came to be.
@Suite final class ReplacementTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "replacement-\(UUID().uuidString)"
        try FolderTree.create(folder)
    }

    deinit { FolderTree.remove(folder) }

    private func write(_ text: String, _ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func status(_ path: String) -> stat {
        var result = stat()
        #expect(stat(path, &result) == 0)
        return result
    }

    private func replace(_ path: String, _ isPending: Bool) throws {
        guard isPending else { return try FileBytes.write(Array("new".utf8), to: path) }
        let pending = try PendingFile(path)
        try Data("new".utf8).write(to: URL(fileURLWithPath: pending.temporaryPath))
        try pending.commit()
    }

    @Test(.enabled(if: geteuid() == 0), arguments: [false, true])
    func ownerAndGroupStay(isPending: Bool) throws {
        let path = try write("old", "song")
        #expect(chown(path, 65534, 29) == 0 && chmod(path, 0o6640) == 0)
        try replace(path, isPending)
        let now = status(path)
        #expect(now.st_uid == 65534 && now.st_gid == 29)
        // Nothing new runs with somebody else's rights.
        #expect(now.st_mode & 0o7777 == 0o640)
        #expect(try FileBytes.read(path, limit: 10) == Array("new".utf8))
        #expect(FolderTree.names(in: folder) == ["song"])
    }

    @Test(arguments: [false, true]) func attributesStay(isPending: Bool) throws {
        let path = try write("old", "song")
        guard setxattr(path, "user.note", "mine", 4, 0) == 0 else { return }  // not on every file system
        try replace(path, isPending)
        var value = [UInt8](repeating: 0, count: 8)
        #expect(getxattr(path, "user.note", &value, 8) == 4 && value.starts(with: "mine".utf8))
    }

    @Test func listOfThoseWhoMayStays() throws {
        let path = try write("old", "song")
        // Version 2; owner rw, user 65534 r, group none, mask r, others none.
        let list: [UInt8] = [
            2, 0, 0, 0, 1, 0, 6, 0, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 4, 0, 0xFE, 0xFF, 0, 0, 4, 0, 0, 0, 0xFF, 0xFF, 0xFF,
            0xFF,
            0x10, 0, 4, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x20, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
        ]
        let name = "system.posix_acl_access"
        guard setxattr(path, name, list, list.count, 0) == 0 else { return }  // not on every file system
        try replace(path, false)
        var value = [UInt8](repeating: 0, count: 100)
        let count = getxattr(path, name, &value, value.count)
        #expect(count == list.count && value.starts(with: list))
    }

    @Test func leftFilesGo() throws {
        let left = try write("half", ".fermusic-999999-3.part"), mine = try write("", "song.12-3.part")
        let busy = try write("half", ".fermusic-999998-1.part")
        let other = open(busy, O_RDWR)
        defer { close(other) }
        #expect(flock(other, LOCK_EX) == 0)
        #expect(symlink(mine, "\(folder)/.fermusic-9-9.part") == 0)
        try FileBytes.write([1], to: "\(folder)/new")
        #expect(access(left, F_OK) != 0)
        #expect(access(mine, F_OK) == 0 && access(busy, F_OK) == 0)
    }

    /// Folders that were not finished go too, with what is in them.
    @Test func leftFoldersGo() throws {
        let left = "\(folder)/.fermusic-999999-4.part", busy = "\(folder)/.fermusic-999998-2.part"
        for path in [left, busy] {
            try FolderTree.create(path + "/train/happy")
            try FileBytes.write([1], to: path + "/train/happy/1.png")
        }
        let other = open(busy, O_RDONLY | O_DIRECTORY)
        defer { close(other) }
        #expect(flock(other, LOCK_EX) == 0)
        let pending = try PendingFolder(folder + "/new/site")
        try FileBytes.write([1], to: pending.temporaryPath + "/index.html")
        try pending.commit()
        #expect(FolderTree.names(in: folder + "/new") == ["site"])
        var second: PendingFolder? = try PendingFolder(folder + "/data")
        #expect(access(left, F_OK) != 0 && access(busy + "/train/happy/1.png", F_OK) == 0)
        #expect(second.map { access($0.temporaryPath, F_OK) } == 0)
        second = nil
        #expect(Set(FolderTree.names(in: folder)) == ["new", ".fermusic-999998-2.part"])
        #expect(throws: FileFailure("exists already and is not an empty folder")) { try PendingFolder(folder + "/new") }
    }

    @Test func unfinishedLeavesNothing() throws {
        let path = try write("old", "song")
        var pending: PendingFile? = try PendingFile(path)
        #expect(FolderTree.names(in: folder).count == 2)
        pending = nil
        #expect(pending == nil && FolderTree.names(in: folder) == ["song"])
        #expect(throws: FileFailure.self) {
            try AtomicFile.replace(path) { _ in throw FileFailure("no more") }
        }
        #expect(FolderTree.names(in: folder) == ["song"])
        #expect(try FileBytes.read(path, limit: 10) == Array("old".utf8))
    }
}
