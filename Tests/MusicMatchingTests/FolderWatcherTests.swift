import Files
import Glibc
import MusicMatching
import Synchronization
import Testing
import Threads
import Timing

@Suite struct FolderWatcherTests {
    /// What a watcher tells; `nil` only if it tells nothing for two minutes.
    private func wait(_ watcher: FolderWatcher) -> [String]? {
        let end = ContinuousClock.now + .seconds(120)
        return watcher.wait { ContinuousClock.now > end }
    }

    /// Whether a watcher has nothing to tell after a second file, which it must tell, came.
    @Test func onlyMusicCounts() throws {
        try withTemporaryFolder { folder in
            let other = folder + "/Other", music = folder + "/Music"
            for path in [other, music] { try FolderTree.create(path) }
            let watcher = try FolderWatcher([music, other], quiet: .milliseconds(1))
            for name in [".lock", "cover.jpg", ".hidden.mp3", "Song.mp3.part"] {
                try write("x", to: "\(music)/\(name)")
            }
            try write("x", to: other + "/song.mp3")
            #expect(wait(watcher) == [other])
            rename(music + "/Song.mp3.part", music + "/Song.mp3")
            #expect(wait(watcher) == [music])
        }
    }

    @Test func whatNeverRestsIsReadAllTheSame() throws {
        try withTemporaryFolder { folder in
            let watcher = try FolderWatcher([folder], quiet: .seconds(100), longest: .milliseconds(200))
            let isDone = Guarded(false)
            let writer = WorkerThread {
                while !isDone.withLock({ $0 }) {
                    _ = try? write("x", to: folder + "/song.mp3")
                    usleep(5000)
                }
            }
            let changed = wait(watcher)
            isDone.withLock { $0 = true }
            writer.join()
            #expect(changed == [folder])
        }
    }

    /// Folders that come, and files in them before anybody watches there.
    @Test func newFolders() throws {
        try withTemporaryFolder { folder in
            let watcher = try FolderWatcher([folder], quiet: .milliseconds(1))
            try FolderTree.create(folder + "/Album")
            #expect(wait(watcher) == [folder])
            try watcher.renew()
            try write("x", to: folder + "/Album/song.mp3")
            #expect(wait(watcher) == [folder])
        }
    }

    /// Deleted and made anew, or moved away for another one: the folder is watched again, and so is a file's.
    @Test(arguments: [false, true])
    func whatGoesAndComesBack(_ isMoved: Bool) throws {
        try withTemporaryFolder { base in
            let folder = base + "/Music", single = base + "/Single"
            for path in [folder, single] { try FolderTree.create(path) }
            let song = try write("x", to: single + "/song.mp3")
            let watcher = try FolderWatcher([folder, song], quiet: .milliseconds(1))
            for round in 0..<2 {
                for path in [folder, single] {
                    if isMoved { rename(path, "\(path)-\(round)") } else { FolderTree.remove(path) }
                }
                var gone: Set<String> = []
                while gone.count < 2, let more = wait(watcher) { gone.formUnion(more) }
                try watcher.renew()
                try FolderTree.create(folder)
                #expect(wait(watcher) == [folder])
                try FolderTree.create(folder + "/Album")
                #expect(wait(watcher) == [folder])
                try watcher.renew()
                try write("x", to: folder + "/Album/song.mp3")
                #expect(wait(watcher) == [folder])
                try FolderTree.create(single)
                try write("x", to: song)
                #expect(wait(watcher) == [song])
            }
        }
    }

    @Test func singleFiles() throws {
        try withTemporaryFolder { folder in
            let song = try write("x", to: folder + "/song.mp3")
            let watcher = try FolderWatcher([song], quiet: .milliseconds(1))
            try write("x", to: folder + "/other.mp3")
            let end = ContinuousClock.now + .milliseconds(300)
            #expect(watcher.wait { ContinuousClock.now > end } == nil)
            try write("y", to: song)
            #expect(wait(watcher) == [song])
        }
    }
}
