import Emotions
import Files
import Glibc
import MediaFiles
import Timing

/// What came of one source.
public struct RefreshResult: Sendable {
    public enum Outcome: Sendable {
        case read(ImportReport)
        /// A folder of music.
        case music(LibraryReport)
        /// The file has not changed since it was read.
        case unchanged
        case failed(String)
    }

    public var place: String
    public var outcome: Outcome
    /// Why a service failed.
    public var cause: ProviderError.Cause?
}

/// A list of songs that a service does not give.
public struct ListError: Error, Equatable, Sendable, CustomStringConvertible {
    public var place: String
    public var problem: ProviderError

    public var description: String { "\(place): \(problem)" }
}

extension Catalogue {
    /// Reads a list that is to be remembered, at once: all of it in one transaction. Throws `MusicError`.
    public func importAndRemember(
        _ path: String, options: ImportOptions, progress: (Double, Int) throws -> Void = { _, _ in }
    ) throws -> ImportReport {
        let place = Catalogue.absolute(path)
        // Before reading: what is written meanwhile is read the next time.
        let fingerprint = Catalogue.fingerprint(place) ?? ""
        do {
            // What came through a pipe cannot be read again.
            guard ListFile.isFile(place) else {
                return try importSongs(path, options: options, progress: progress)
            }
            let files = try ListFile.open(place)
            return try loading {
                let report = try importSongs(files, place, options: options, progress: progress)
                // What has no songs need not be read again.
                if report.songs == 0 { return report }
                try remember(place, options: options)
                try markRead(place, fingerprint)
                return report
            }
        } catch let failure as FileFailure {
            throw MusicError.badFile(path: path, reason: failure.reason)
        }
    }

    /// Reads all remembered lists again and adds what is new, each in a transaction of its own. A list that cannot be
    /// read does not keep the others from it. Throws `MusicError` if the catalogue itself fails, and what `progress`
    /// throws, which is also called after each list.
    public func refresh(
        providers: [any ListProvider] = [], analyser: (any SoundAnalyser)? = nil,
        cancellation: Cancellation = Cancellation(), time: Int = currentTime(),
        progress: (String, Double, Int) throws -> Void = { _, _, _ in }
    ) throws -> [RefreshResult] {
        var results: [RefreshResult] = []
        for source in try sources() {
            do {
                let outcome = try refresh(source, providers, analyser, cancellation) {
                    try progress(source.place, $0, $1)
                }
                results.append(RefreshResult(place: source.place, outcome: outcome))
            } catch let error as MusicError {
                switch error {
                case .badFile(_, let reason), .unknownColumns(_, let reason):
                    results.append(RefreshResult(place: source.place, outcome: .failed(reason)))
                default: throw error
                }
            } catch let error as ListError {
                let problem = error.problem
                results.append(
                    RefreshResult(place: source.place, outcome: .failed("\(problem)"), cause: problem.cause))
            }
            try progress(source.place, 1, 0)
        }
        // Without a network none can be read; that is no refresh.
        let failures = results.count { result in
            if case .failed = result.outcome { return true }
            return false
        }
        if results.isEmpty || failures < results.count { try set("refreshed", "\(time)") }
        return results
    }

    private func refresh(
        _ source: SongSource, _ providers: [any ListProvider], _ analyser: (any SoundAnalyser)?,
        _ cancellation: Cancellation, progress: (Double, Int) throws -> Void
    ) throws -> RefreshResult.Outcome {
        var options = ImportOptions()
        options.language = Language(source.language)
        options.emotion = Emotion(name: source.emotion)
        if source.place.hasPrefix("/") {
            var status = stat()
            if stat(source.place.cPath, &status) == 0,
                status.st_mode & S_IFMT == S_IFDIR || MusicFile.isOne(source.place)
            {
                let report = try importMusic(
                    source.place, options: options, analyser: analyser, cancellation: cancellation
                ) { try progress(Double($0.done) / Double(max(1, $0.total)), $0.songs) }
                return .music(report)
            }
            let now = Catalogue.fingerprint(source.place) ?? ""
            if now == source.fingerprint, !now.isEmpty { return .unchanged }
            let report = try importAndRemember(source.place, options: options, progress: progress)
            return .read(report)
        }
        guard let provider = providers.first(where: { $0.handles(source.place) }) else {
            throw MusicError.badFile(path: source.place, reason: "nothing here can fetch it")
        }
        let list: ProvidedList
        do {
            list = try provider.list(at: source.place, version: source.fingerprint)
        } catch let error as ProviderError {
            throw ListError(place: source.place, problem: error)
        } catch {
            throw MusicError.badFile(path: source.place, reason: "\(error)")
        }
        let version: String
        switch list {
        case .unchanged: return .unchanged
        case .table(_, let given): version = given
        case .songs: version = ""
        }
        return try loading {
            let report = try add(list, source.place, options, progress)
            try markRead(source.place, version)
            return .read(report)
        }
    }

    /// Fetches a list and remembers it, as `importAndRemember` does with files. Throws `MusicError` or `ListError`.
    public func importAndRemember(
        _ place: String, from provider: any ListProvider, options: ImportOptions, remembers: Bool = true,
        progress: (Double, Int) throws -> Void = { _, _ in }
    ) throws -> ImportReport {
        let list: ProvidedList
        do {
            list = try provider.list(at: place, version: "")
        } catch let error as ProviderError {
            throw ListError(place: place, problem: error)
        } catch {
            throw MusicError.badFile(path: place, reason: "\(error)")
        }
        return try loading {
            let report = try add(list, place, options, progress)
            if remembers, report.songs > 0 {
                try remember(place, options: options)
                if case .table(_, let version) = list { try markRead(place, version) } else { try markRead(place, "") }
            }
            return report
        }
    }

    private func add(
        _ list: ProvidedList, _ place: String, _ options: ImportOptions, _ progress: (Double, Int) throws -> Void
    ) throws -> ImportReport {
        switch list {
        case .table(let bytes, _):
            do {
                return try importSongs(ListFile.open(bytes, name: place), place, options: options, progress: progress)
            } catch let failure as FileFailure {
                throw MusicError.badFile(path: place, reason: failure.reason)
            }
        case .songs(let songs, let playlist):
            var list = SongList("playlist"), report = ImportReport()
            list.name = playlist
            list.songs = songs.map { song in
                var entry = ListedSong(song)
                entry.plays = song.plays
                return entry
            }
            try add(list, place, options, &report, progress)
            try noteGains(of: songs)
            try estimate()
            return report
        case .unchanged: return ImportReport()
        }
    }
}
