import Files
import Glibc
import MediaFiles
import Threads
import Timing

extension Catalogue {
    /// Takes over the songs of a folder of music, or of one file. Files that are as they were (by size and time) are not
    /// opened, those that lie elsewhere now are recognised by their contents, those that are gone are marked. What is read
    /// is kept every second: stopped or killed at any moment it goes on from there the next time.
    ///
    /// - Parameters:
    ///   - analyser: listens to each song; what it says is kept by its name, and not asked for again.
    ///   - threads: that read files.
    ///   - progress: called on this thread after each file.
    /// Throws `MusicError`, and what `progress` throws; FFmpeg missing is `MusicError.badFile`.
    public func importMusic(
        _ path: String, options: ImportOptions = ImportOptions(), analyser: (any SoundAnalyser)? = nil,
        threads: Int = Processors.available, cancellation: Cancellation = Cancellation(),
        progress: (LibraryReport) throws -> Void = { _ in }
    ) throws -> LibraryReport {
        let root = Catalogue.absolute(path)
        do { _ = try FFmpeg.load() } catch { throw MusicError.badFile(path: path, reason: "\(error)") }
        var status = stat()
        guard stat(root.cPath, &status) == 0 else {
            throw MusicError.badFile(path: path, reason: FileFailure.last.reason)
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        guard !isFolder || access(root.cPath, R_OK | X_OK) == 0 else {
            throw MusicError.badFile(path: path, reason: FileFailure.last.reason)
        }
        let folder = isFolder ? MusicFolder(root) { cancellation.isCancelled } : nil
        var work = LibraryImport(
            self, root: isFolder ? root : root.parentFolder, files: folder?.files ?? [root], options: options,
            analyser: analyser)
        for problem in folder?.problems ?? [] { work.report.note(problem.path, problem.reason) }
        let readers = FileReaders(analyser, threads: threads, cancellation)
        guard readers.hasThreads else { throw MusicError.badFile(path: path, reason: "the system has no thread left") }
        do {
            try work.run(readers, cancellation, progress)
        } catch {
            cancellation.cancel()
            readers.close()
            throw error
        }
        readers.close()
        work.report.isWhole = !cancellation.isCancelled
        if work.report.isWhole, work.report.added > 0 || !changedSongs.isEmpty { try transaction { try estimate() } }
        if isFolder, work.report.isWhole, folder?.problems.isEmpty ?? true { try work.markGone() }
        return work.report
    }
}
