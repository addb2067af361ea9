import Files
import Glibc
import MusicMatching
import Testing

@Suite struct RefreshTests {
    @Test func listsAreReadAgainWhenTheyChange() throws {
        try withTemporaryFolder { folder in
            let catalogue = try Catalogue(folder + "/c.db", builtIn: nil)
            let a = try write("title,artist\nA,1\n", to: folder + "/a.csv")
            let b = try write(",Name,Album,Artist\n0,B,,1\n", to: folder + "/sad.csv")
            for path in [a, b] { _ = try catalogue.importAndRemember(path, options: ImportOptions()) }
            func outcomes() throws -> [String] {
                try catalogue.refresh().map { result in
                    switch result.outcome {
                    case .read(let report): "\(report.added) new"
                    case .music(let report): "\(report.added) songs"
                    case .unchanged: "unchanged"
                    case .failed(let reason): reason
                    }
                }
            }
            #expect(try outcomes() == ["unchanged", "unchanged"])
            try write("title,artist\nA,1\nC,2\nD,3\n", to: a)
            #expect(try outcomes() == ["2 new", "unchanged"])
            unlink(a)
            try write(",Name,Album,Artist\n0,E,,1\n", to: b)
            #expect(try outcomes() == ["No such file or directory", "1 new"])
            #expect(try catalogue.count == 5)
            #expect(try catalogue.song(named: "E").emotions.emotions == [.sad])
            #expect(try catalogue.forget(a) && !catalogue.forget(a))
            #expect(try outcomes() == ["unchanged"])
        }
    }

    @Test func otherPlacesAreFetchedByProviders() throws {
        struct Fake: ListProvider {
            func handles(_ place: String) -> Bool { place.hasPrefix("test:") }
            func list(at place: String, version: String) throws -> ProvidedList {
                if place == "test:table" { return .table(Array("title,artist\nT,1\nU,2\n".utf8), version: "") }
                if place == "test:songs" { return .songs([SongDraft(title: "S", artist: "3")]) }
                throw MusicError.badFile(path: place, reason: "quota used up")
            }
        }
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        for place in ["test:table", "test:songs", "test:broken", "https://example.org/list.csv"] {
            try catalogue.remember(place)
        }
        let results = try catalogue.refresh(providers: [Fake()])
        #expect(results.map(\.place) == ["https://example.org/list.csv", "test:broken", "test:songs", "test:table"])
        var added = 0, failures: [String] = []
        for result in results {
            switch result.outcome {
            case .read(let report): added += report.added
            case .music(let report): added += report.added
            case .failed(let reason): failures.append(reason)
            case .unchanged: break
            }
        }
        #expect(added == 3)
        #expect(failures == ["nothing here can fetch it", "test:broken: quota used up"])
    }

    @Test func aRefreshThatReadNothingIsNone() throws {
        struct Stop: Error {}
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        try catalogue.setSchedule(RefreshSchedule(day: .sunday))
        try catalogue.remember("https://example.org/list.csv")
        #expect(try catalogue.refreshIfDue()?.count == 1)
        #expect(try catalogue.lastRefresh == nil)
        try withTemporaryFolder { folder in
            try catalogue.remember(write("title,artist\nA,1\n", to: folder + "/a.csv"))
            // Stopped in the middle: the rest is due.
            #expect(throws: Stop.self) { try catalogue.refreshIfDue { _, _, _ in throw Stop() } }
            #expect(try catalogue.lastRefresh == nil)
            #expect(try catalogue.refreshIfDue()?.count == 2)
            #expect(try catalogue.lastRefresh != nil && catalogue.refreshIfDue() == nil)
        }
    }

    @Test func playlistsNamesTellAMood() throws {
        struct Fake: ListProvider {
            func handles(_ place: String) -> Bool { true }
            func list(at place: String, version: String) throws -> ProvidedList {
                .songs([SongDraft(title: place, artist: "A")], playlist: place == "test:a" ? "Sunday workout" : "Mine")
            }
        }
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        for place in ["test:a", "test:b"] { try catalogue.remember(place) }
        _ = try catalogue.refresh(providers: [Fake()])
        #expect(try catalogue.song(1).mood.energy == 0.88)
        #expect(try catalogue.song(2).mood.energy == 0.5)
    }

    @Test func schedule() throws {
        setenv("TZ", "UTC", 1)
        tzset()
        let sunday = RefreshSchedule(day: .sunday)
        // 2026-11-22 is a Sunday; 04:00 UTC.
        let moment = 1_795_320_000
        #expect(sunday.isDue(now: moment, last: moment - 1))
        #expect(!sunday.isDue(now: moment, last: moment))
        #expect(!sunday.isDue(now: moment - 1, last: moment - 6 * 86400))
        #expect(sunday.isDue(now: moment - 1, last: moment - 7 * 86400 - 1))
        #expect(sunday.isDue(now: moment, last: nil))
        let command = ["/opt/my tools/fermusic", "catalogue", "refresh", "--catalogue", "/a%b'c.db"]
        #expect(
            sunday.crontabLine(command)
                == "0 4 * * 0 '/opt/my tools/fermusic' catalogue refresh --catalogue '/a\\%b'\\''c.db'")
        #expect(
            RefreshSchedule(day: .wednesday).systemdLine(["/bin/fermusic", "catalogue", "refresh"])
                == "systemd-run --user --unit=fermusic-refresh --on-calendar='Wed 04:00' /bin/fermusic catalogue refresh"
        )
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        #expect(try catalogue.refreshIfDue(now: moment) == nil)
        try catalogue.setSchedule(sunday)
        #expect(try catalogue.refreshIfDue(now: moment) != nil)
        #expect(try catalogue.refreshIfDue(now: moment + 100) == nil)
        #expect(try catalogue.refreshIfDue(now: moment + 7 * 86400) != nil)
        #expect(try catalogue.schedule == sunday)
    }
}
