import ChildProcess
import Files
import Foundation
import Glibc

/// A PostgreSQL server of the tests' own, in a temporary folder, run by nobody with rights: the user `postgres` where the
/// tests are root's. It listens at a socket, which asks for no password, and at a loopback port, which does.
package final class PostgreSQLServer: @unchecked Sendable {
    // Safe to share: only `port` and `folder` are read, and they never change.

    private static let programs = "/usr/lib/postgresql/15/bin"
    package static let password = "s3cret-of-the-tests"

    package static let isInstalled: Bool = {
        if access(programs + "/initdb", X_OK) == 0 { return true }
        print("PostgreSQL 15 is not installed (apt-get install postgresql): its tests are left out")
        return false
    }()

    /// For tests that leave it as it is; `nil` where PostgreSQL is not installed. Started when first asked for.
    package static let shared: PostgreSQLServer? = {
        guard isInstalled else { return nil }
        do {
            let server = try PostgreSQLServer()
            atexit { PostgreSQLServer.shared?.stop() }
            return server
        } catch {
            print("PostgreSQL does not start: \(error)")
            return nil
        }
    }()

    package let folder: String
    package let port: Int

    struct Failed: Error {
        var program: String
        var output: String
    }

    /// One of a test's own, which stops it.
    package init() throws {
        var template = Array("/tmp/fermusic-pg-XXXXXX".utf8CString)
        folder = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
        port = 20_000 + (Int(getpid()) * 7 + PostgreSQLServer.names.next()) % 20_000
        if getuid() == 0, let user = getpwnam("postgres") { chown(folder, user.pointee.pw_uid, user.pointee.pw_gid) }
        try run(
            "initdb", ["-D", folder + "/data", "-U", "fermusic", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"])
        let rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        try FileBytes.write(Array(rules.utf8), to: folder + "/data/pg_hba.conf")
        chmod(folder + "/data/pg_hba.conf", 0o644)
        try start()
        try sql("ALTER USER fermusic PASSWORD '\(PostgreSQLServer.password)'; CREATE USER guest PASSWORD 'guest'")
    }

    package func start() throws {
        try run(
            "pg_ctl",
            [
                "-D", folder + "/data", "-w", "-l", folder + "/log", "-o",
                "-k \(folder) -p \(port) -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60", "start",
            ])
    }

    package func stop(_ mode: String = "immediate") {
        _ = try? run("pg_ctl", ["-D", folder + "/data", "-m", mode, "-w", "stop"])
        if mode == "immediate" { FolderTree.remove(folder) }
    }

    /// Stops and starts it, as an update does.
    package func restart() throws {
        _ = try run("pg_ctl", ["-D", folder + "/data", "-m", "fast", "-w", "stop"])
        try start()
    }

    @discardableResult
    private func run(_ program: String, _ arguments: [String]) throws -> String {
        // A file of its own: tests that share a server ask it at the same time.
        let process = ChildProcess(), output = folder + "/output-\(PostgreSQLServer.names.next())"
        defer { try? FileManager.default.removeItem(atPath: output) }
        try FileBytes.write([], to: output)
        let handle = FileHandle(forWritingAtPath: output)
        process.standardOutput = handle
        process.standardError = handle
        let path = PostgreSQLServer.programs + "/" + program
        if getuid() == 0 {
            process.executableURL = URL(fileURLWithPath: "/usr/sbin/runuser")
            process.arguments = ["-u", "postgres", "--", path] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = arguments
        }
        try process.run()
        process.waitUntilExit()
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        guard process.terminationStatus == 0 else { throw Failed(program: program, output: text) }
        return text
    }

    /// Runs statements as the server's owner.
    @discardableResult
    package func sql(_ text: String, in database: String = "postgres") throws -> String {
        try run("psql", ["-h", folder, "-p", "\(port)", "-U", "fermusic", "-d", database, "-Atqc", text])
    }

    /// Lets all of its processes stand still, or go on: connections stay, and nothing is answered.
    package func freeze(_ isFrozen: Bool) throws {
        let first = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
        guard let server = Int32(first.prefix { $0.isNumber }) else { throw Failed(program: "postgres", output: first) }
        let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
        for process in processes {
            guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { continue }
            // Behind the name, which may hold anything: state, parent.
            let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
            if process == server || fields.count > 1 && fields[1] == "\(server)" {
                kill(process, isFrozen ? SIGSTOP : SIGCONT)
            }
        }
    }

    private static let names = Counter()

    private final class Counter: @unchecked Sendable {
        // Safe to share: with the lock only.
        private let lock = NSLock()
        private var count = 0

        func next() -> Int {
            lock.withLock {
                count += 1
                return count
            }
        }
    }

    /// The name of a new, empty database.
    package func newDatabase() throws -> String {
        let name = "test\(PostgreSQLServer.names.next())"
        try sql("CREATE DATABASE \(name)")
        return name
    }

    /// Its address at the socket.
    package func address(_ database: String) -> String {
        "postgresql://fermusic@/\(database)?host=\(folder)&port=\(port)"
    }

    package func newAddress() throws -> String { address(try newDatabase()) }
}
