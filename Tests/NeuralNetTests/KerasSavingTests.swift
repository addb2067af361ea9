import Glibc
import NeuralNet
import Testing

/// Whatever happens while saving, the old file or the new one is there, whole.
@Suite struct KerasSavingTests {
    private static func model(_ value: Float) throws -> Model {
        let model = try Model(input: [64]) {
            Dense(512)
            Dense(64)
        }
        for i in model.weights.entries.indices {
            try model.weights.set(i, [Float](repeating: value, count: model.weights.entries[i].specification.count))
        }
        return model
    }

    /// The value of all weights in a file; nil if they differ.
    private static func value(_ path: String) throws -> Float? {
        let model = try ModelFile.read(path).model
        let values = Set(model.weights.entries.indices.flatMap(model.weights.array))
        return values.count == 1 ? values.first : nil
    }

    @Test func fullDisk() async throws {
        await #expect(processExitsWith: .success) {
            try KerasFixtures.inTemporaryFolder { folder in
                let path = "\(folder)/m.h5"
                try Self.model(1).save(path)
                signal(SIGXFSZ, SIG_IGN)
                let size = KerasFixtures.bytes(path).count
                for limit in [0, 1, 100, 5000, size / 2, size - 1] {
                    var bound = rlimit()
                    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &bound)
                    bound.rlim_cur = rlim_t(limit)
                    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &bound)
                    let message = KerasFixtures.message { try Self.model(2).save(path) }
                    guard message == "\(path): cannot write: File too large" else { exit(2) }
                    guard KerasFixtures.names(in: folder) == ["m.h5"], try Self.value(path) == 1 else { exit(3) }
                }
            }
        }
    }

    /// A child saves over and over and is killed at some moment.
    @Test(arguments: [1500, 4000, 7000, 11000, 16000, 23000])
    func killed(microseconds: Int) async throws {
        let path = "/tmp/fermusic-killed-\(getpid())-\(microseconds).h5"
        defer { unlink(path) }
        try Self.model(0).save(path)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, microseconds = microseconds as Int] in
            let models = [try Self.model(1), try Self.model(2)]
            var timer = itimerval(
                it_interval: timeval(), it_value: timeval(tv_sec: 0, tv_usec: suseconds_t(microseconds)))
            signal(SIGALRM) { _ in kill(getpid(), SIGKILL) }
            setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
            for i in 0... { try models[i % 2].save(path) }
        }
        #expect([0, 1, 2].contains(try Self.value(path)))
        let name = path.split(separator: "/").last!
        for rest in KerasFixtures.names(in: "/tmp") where rest.hasPrefix(name) && rest != name {
            unlink("/tmp/" + rest)
        }
    }

    @Test func replacesOnlyFiles() throws {
        try KerasFixtures.inTemporaryFolder { folder in
            let model = try Self.model(1)
            #expect(
                KerasFixtures.message { try model.save("/dev/null") } == "/dev/null: cannot write: not a regular file")
            #expect(KerasFixtures.message { try model.save(folder) } == "\(folder): cannot write: Is a directory")
            let below = "\(folder)/a.txt/m.h5"
            KerasFixtures.write([1], to: "\(folder)/a.txt")
            #expect(KerasFixtures.message { try model.save(below) } == "\(below): cannot write: Not a directory")
            #expect(KerasFixtures.message { try model.save("/proc/m.h5") }.hasPrefix("/proc/m.h5: cannot write: "))
            #expect(KerasFixtures.names(in: folder) == ["a.txt"])
        }
    }

    @Test func keepsLinkAndPermissions() throws {
        try KerasFixtures.inTemporaryFolder { folder in
            let path = "\(folder)/real.h5", link = "\(folder)/link.h5"
            try Self.model(1).save(path)
            chmod(path, 0o640)
            symlink("real.h5", link)
            try Self.model(2).save(link)
            #expect(try Self.value(path) == 2)
            var status = stat()
            lstat(link, &status)
            #expect(status.st_mode & S_IFMT == S_IFLNK)
            stat(path, &status)
            #expect(status.st_mode & 0o777 == 0o640)
        }
    }

    /// The C library must never run on two threads at once.
    @Test func manyThreads() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for i in 0..<16 {
                group.addTask {
                    let path = "/tmp/fermusic-threads-\(getpid())-\(i % 12).h5"
                    for _ in 0..<5 {
                        try Self.model(Float(i % 12)).save(path)
                        #expect(try Self.value(path) == Float(i % 12))
                    }
                }
            }
            try await group.waitForAll()
        }
        for i in 0..<12 { unlink("/tmp/fermusic-threads-\(getpid())-\(i).h5") }
    }
}

extension Model {
    fileprivate func save(_ path: String) throws { try ModelFile.write(self, to: path) }
}
