import ChildProcess
import DatabaseServer
import Foundation
import Testing

/// The program with its catalogue on a PostgreSQL server.
@Suite(.enabled(if: PostgreSQLServer.isInstalled, "PostgreSQL 15 is not installed"))
struct DatabaseTests {
    private func withServer(_ body: (PostgreSQLServer, _ host: String) throws -> Void) throws {
        let server = try PostgreSQLServer()
        defer { server.stop() }
        try body(server, "127.0.0.1:\(server.port)")
    }

    /// From the option, the environment and the file of credentials; nowhere is it told again.
    @Test func passwordsAreNotPrinted() throws {
        try withServer { server, host in
            let name = try server.newDatabase(), folder = try Fermusic.temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("fermusic"), withIntermediateDirectories: true)
            for (password, isRight) in [("wr0ng-s3cret", false), (PostgreSQLServer.password, true)] {
                let address = "postgresql://fermusic:\(password)@\(host)/\(name)"
                let credentials = folder.appendingPathComponent("fermusic/credentials").path
                try "FERMUSIC_CATALOGUE=\(address)\n".write(toFile: credentials, atomically: true, encoding: .utf8)
                chmod(credentials, 0o600)
                let ways: [(name: String, options: [String], shell: String?)] = [
                    ("option", ["--catalogue", address], nil),
                    ("environment", [], "export FERMUSIC_CATALOGUE='\(address)'"),
                    ("file", [], "export XDG_CONFIG_HOME='\(folder.path)'"),
                ]
                for way in ways {
                    for command in [["catalogue", "stats"], ["recommend", "happy"], ["doctor"]] {
                        if command == ["doctor"], way.name == "option" { continue }
                        let result = try Fermusic.run(command + way.options, shell: way.shell)
                        let all = result.output + result.errors
                        #expect(!all.contains(password), "\(way.name), \(command): \(all)")
                        if command == ["doctor"] { continue }
                        #expect(result.status == (isRight ? 0 : 1), "\(way.name): \(all)")
                        #expect(isRight || Fermusic.message(result).contains("password authentication failed"))
                        // What stands in a command line is seen by others.
                        #expect(all.contains("list of processes") == (way.name == "option"), "\(way.name): \(all)")
                    }
                }
            }
        }
    }

    /// One line, and nothing half done, where a user has no rights, the tables are another program's or of another
    /// version.
    @Test func refusesWhatItMayNotUse() throws {
        try withServer { server, host in
            let empty = try server.newDatabase(), newer = try server.newDatabase(), foreign = try server.newDatabase()
            #expect(try Fermusic.run(["catalogue", "stats", "--catalogue", server.address(newer)]).status == 0)
            try server.sql("UPDATE fermusic_schema SET version = 99", in: newer)
            try server.sql("CREATE TABLE theirs (x int)", in: foreign)
            let folder = try Fermusic.temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appendingPathComponent("c.db").path
            #expect(try Fermusic.run(["catalogue", "stats", "--catalogue", file]).status == 0)
            for (address, part) in [
                ("postgresql://guest:guest@\(host)/\(empty)", "permission denied"),
                ("postgresql://guest:guest@\(host)/\(newer)", "permission denied"),
                (server.address(newer), "written by a newer fermusic (schema 99"),
                (server.address(foreign), "is a database of another program"),
                (server.address("nowhere"), "does not exist"),
            ] {
                for command in [
                    ["catalogue", "stats", "--catalogue", address], ["serve", "--port", "0", "--catalogue", address],
                    ["catalogue", "copy", file, address],
                ] {
                    let result = try Fermusic.run(command)
                    #expect(result.status == 1, "\(command)")
                    let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("fermusic: ") }
                    #expect(lines.count == 1 && lines[0].contains(part), "\(command): \(result.errors)")
                    #expect(!(result.output + result.errors).contains(":guest@"))
                }
            }
            #expect(try server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", in: empty) == "0\n")
            #expect(try server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", in: foreign) == "1\n")
        }
    }

    /// What is no address of PostgreSQL is no file either, and its password is not told.
    @Test(arguments: ["mysql://u:s3cret@host/db", "file://u:s3cret@host/db", "POSTGRESQL://u:s3cret@127.0.0.1:1/db"])
    func otherAddressesAreRefused(address: String) throws {
        let result = try Fermusic.run(["catalogue", "stats"], shell: "export FERMUSIC_CATALOGUE='\(address)'")
        let line = Fermusic.message(result)
        #expect(result.status == 1 && !(result.output + result.errors).contains("s3cret"), "\(line)")
        #expect(
            line.contains(address.hasPrefix("P") ? "refused" : "neither a file nor a PostgreSQL database"), "\(line)")
    }

    @Test func namesTheFailure() throws {
        try withServer { server, _ in
            try server.sql("CREATE DATABASE latin ENCODING LATIN1 LOCALE 'C' TEMPLATE template0")
            let latin = try Fermusic.run(["catalogue", "stats", "--catalogue", server.address("latin")])
            #expect(latin.status == 1 && Fermusic.message(latin).contains("is a database for LATIN1"))
            // The last of many rows is refused: what is told is why, and not what comes of it.
            let name = try server.newDatabase()
            #expect(try Fermusic.run(["catalogue", "stats", "--catalogue", server.address(name)]).status == 0)
            try server.sql("ALTER TABLE songs ADD CONSTRAINT short CHECK (length(title) < 200)", in: name)
            let folder = try Fermusic.temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let list = folder.appendingPathComponent("list.csv").path
            let rows = (0..<50).map { "Song \($0),Band\n" }.joined()
            try "title,artist\n\(rows)\(String(repeating: "x", count: 300)),Band\n"
                .write(toFile: list, atomically: true, encoding: .utf8)
            let result = try Fermusic.run(["catalogue", "import", list, "--catalogue", server.address(name)])
            #expect(
                result.status == 1 && Fermusic.message(result).contains("violates check constraint"), "\(result.errors)"
            )
        }
    }

    /// Status, seconds and headers of an answer.
    private func ask(_ address: String) throws -> (status: Int, seconds: Double, headers: String) {
        let process = ChildProcess(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "curl", "-sS", "--max-time", "40", "-D", "-", "-o", "/dev/null", "-w", "%{http_code} %{time_total}",
            address,
        ]
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let last = text.split(whereSeparator: \.isNewline).last?.split(separator: " ") ?? []
        return (Int(last.first ?? "") ?? 0, Double(last.last ?? "") ?? 0, text.lowercased())
    }

    /// Starts a server whose catalogue is there, and calls `body` with its address.
    private func withPage(_ place: String, _ body: (_ address: String, ChildProcess) throws -> Void) throws {
        let running = try Fermusic.start(
            ["serve", "--port", "0", "--provider", "none"], shell: "export FERMUSIC_CATALOGUE='\(place)'")
        defer {
            running.process.terminate()
            running.process.waitUntilExit()
            try? FileManager.default.removeItem(at: running.folder)
        }
        var text = ""
        for _ in 0..<2000 where !text.contains("\n") {
            usleep(20_000)
            text += String(decoding: running.output.availableData, as: UTF8.self)
        }
        try body(String(try #require(text.firstMatch(of: #/is at (http\S+)/#)).1), running.process)
    }

    /// Asks and does not wait for the answer.
    private func beginAsking(_ address: String) throws -> ChildProcess {
        let process = ChildProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "-s", "--max-time", "40", "-o", "/dev/null", address]
        try process.run()
        return process
    }

    /// A database that does not answer keeps questions for songs waiting for some seconds, songs and pictures of music
    /// servers too, and nothing else.
    @Test(.enabled(if: ServeTests.hasCurl, "curl is not here")) func onlySongsWaitForTheDatabase() throws {
        try withServer { server, host in
            let place = "postgresql://fermusic:\(PostgreSQLServer.password)@\(host)/\(try server.newDatabase())"
            try withPage(place) { address, process in
                let arguments = try String(
                    contentsOfFile: "/proc/\(process.processIdentifier)/cmdline", encoding: .utf8)
                #expect(arguments.contains("serve") && !arguments.contains(PostgreSQLServer.password))
                let list = address + "api/v1/recommendations?emotion=happy", options = address + "api/v1/options"
                let stream = address + "api/v1/streams/1", cover = address + "api/v1/covers/1"
                #expect(try ask(list).status == 200)
                #expect(try ask(options).status == 200)
                #expect(try ask(stream).status == 404)
                for (asked, refused) in [([list], list), ([stream, cover], stream)] {
                    try server.freeze(true)
                    defer { try? server.freeze(false) }
                    // More questions than threads that read requests.
                    let waiting = try (0..<6).flatMap { _ in try asked.map(beginAsking) }
                    usleep(300_000)
                    for _ in 0..<5 {
                        let page = try ask(address)
                        #expect(page.status == 200 && page.seconds < 2, "the page took \(page.seconds) s")
                        let opened = try ask(options)
                        #expect(opened.status == 200 && opened.seconds < 2, "its options took \(opened.seconds) s")
                    }
                    let refusal = try ask(refused)
                    #expect(refusal.status == 500 && refusal.seconds < 25 && refusal.headers.contains("retry-after"))
                    for process in waiting { process.waitUntilExit() }
                    // It is known now: nobody waits again.
                    try server.freeze(false)
                    var answer = try ask(list)
                    for _ in 0..<50 where answer.status == 500 {
                        usleep(100_000)
                        answer = try ask(list)
                    }
                    #expect(answer.status == 200)
                }
            }
        }
    }

    /// A table of songs that nobody else has.
    private func table(_ count: Int, in folder: URL) throws -> String {
        let path = folder.appendingPathComponent("songs.csv").path
        let rows = (0..<count).map { "Song \($0),Artist \($0 % 977),0.\(100 + $0 % 800),0.\(100 + $0 % 700)\n" }
        try ("title,artist,valence,energy\n" + rows.joined()).write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// Nothing of an import that is killed or loses its server is there, and the next one brings all of it.
    @Test func importsThatEndMidwayLeaveNothing() throws {
        try withServer { server, _ in
            let folder = try Fermusic.temporaryFolder(), name = try server.newDatabase()
            defer { try? FileManager.default.removeItem(at: folder) }
            let songs = try table(60_000, in: folder), address = ["--catalogue", server.address(name)]
            #expect(try Fermusic.run(["catalogue", "stats"] + address).status == 0)
            let before = try server.sql("SELECT count(*) FROM songs", in: name)
            let writers = "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(name)' AND backend_xid IS NOT NULL"
            for isKilled in [true, false] {
                let running = try Fermusic.start(["catalogue", "import", songs] + address)
                defer { try? FileManager.default.removeItem(at: running.folder) }
                while try running.process.isRunning && server.sql(writers) == "0\n" { usleep(10_000) }
                if isKilled { kill(running.process.processIdentifier, SIGKILL) } else { try server.restart() }
                running.process.waitUntilExit()
                if !isKilled {
                    let errors = String(decoding: running.errors.readDataToEndOfFile(), as: UTF8.self)
                    let last = errors.split(separator: "\n").last { $0.hasPrefix("fermusic: ") } ?? ""
                    #expect(running.process.terminationStatus == 1 && !last.isEmpty, "\(errors)")
                }
                #expect(try server.sql("SELECT count(*) FROM songs", in: name) == before)
                #expect(
                    try server.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'fermusic_import'", in: name)
                        == "0\n")
            }
            let whole = try Fermusic.run(["catalogue", "import", songs] + address)
            #expect(whole.status == 0 && whole.output.contains("60000 songs added"), "\(whole)")
            // And two at once are one after the other.
            let again = try (0..<2).map { _ in try Fermusic.start(["catalogue", "import", songs] + address) }
            for running in again {
                running.process.waitUntilExit()
                let output = String(decoding: running.output.readDataToEndOfFile(), as: UTF8.self)
                #expect(output.contains("0 songs added, 0 known better now, 60000 as before"), "\(output)")
                try? FileManager.default.removeItem(at: running.folder)
            }
        }
    }

    /// A server that is told to end does so in order while it makes a copy of its catalogue, even if the database stands
    /// still.
    @Test(.enabled(if: ServeTests.hasCurl, "curl is not here"), arguments: [false, true])
    func serversEndWhileTheyCopy(_ standsStill: Bool) throws {
        try withServer { server, _ in
            let folder = try Fermusic.temporaryFolder(), name = try server.newDatabase()
            defer { try? FileManager.default.removeItem(at: folder) }
            let songs = try table(60_000, in: folder)
            #expect(try Fermusic.run(["catalogue", "import", songs, "--catalogue", server.address(name)]).status == 0)
            try withPage(server.address(name)) { address, process in
                if standsStill { try server.freeze(true) }
                let waiting = try beginAsking(address + "api/v1/recommendations?emotion=happy")
                usleep(standsStill ? 500_000 : 40_000)
                defer { if standsStill { try? server.freeze(false) } }
                let began = ContinuousClock.now
                process.terminate()
                process.waitUntilExit()
                #expect(process.terminationReason == .exit && process.terminationStatus == 143)
                #expect(began.duration(to: .now) < .seconds(20))
                waiting.waitUntilExit()
            }
        }
    }
}
