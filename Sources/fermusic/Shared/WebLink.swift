import Files
import Glibc
import Threads

/// Opens links with whatever the desktop opens them with.
enum WebLink {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// Starts `xdg-open` and does not wait for the browser, only for the desktop to know it: up to a second. Throws
    /// `Failure`.
    static func open(_ link: String) throws {
        // Never a file, never an option.
        guard link.hasPrefix("https://") || link.hasPrefix("http://") else {
            throw Failure(description: "'\(link)' is no link")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // What browsers print is not for this terminal.
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
        }
        var process = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("xdg-open"), strdup(link), nil]
        defer { for word in words { free(word) } }
        let status = posix_spawnp(&process, "xdg-open", &actions, nil, &words, environ)
        guard status == 0 else {
            throw Failure(
                description: status == ENOENT
                    ? "cannot open a link: xdg-open is not installed (apt-get install xdg-utils)"
                    : "cannot open a link: \(String(cString: strerror(status)))")
        }
        // Some desktops keep it until the browser is closed; who fails does so at once.
        for _ in 0..<100 {
            var result: Int32 = 0
            let ended = waitpid(process, &result, WNOHANG)
            if ended == process, result != 0 {
                throw Failure(description: "cannot open a link: xdg-open found no program for it")
            }
            if ended != 0 { return }
            usleep(10_000)
        }
        // Somebody must hear of its end, or it stays in the list of processes.
        _ = WorkerThread.startDetached { [process] in waitpid(process, nil, 0) }
    }
}
