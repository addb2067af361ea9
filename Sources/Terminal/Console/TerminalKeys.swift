import Glibc

/// Keys that are pressed, one by one and without waiting for a line; nothing where nobody sits. The terminal is as before
/// once this is gone. One at a time.
public final class TerminalKeys {
    private var before = termios()
    private let isOn: Bool

    public init() {
        // A job in the background would be stopped for it.
        guard isatty(STDIN_FILENO) == 1, tcgetpgrp(STDIN_FILENO) == getpgrp(), tcgetattr(STDIN_FILENO, &before) == 0
        else {
            isOn = false
            return
        }
        var changed = before
        changed.c_lflag &= ~tcflag_t(ICANON | ECHO)
        isOn = tcsetattr(STDIN_FILENO, TCSANOW, &changed) == 0
    }

    deinit {
        if isOn { tcsetattr(STDIN_FILENO, TCSANOW, &before) }
    }

    /// Whether there are keys to be pressed.
    public var isWatching: Bool { isOn }

    /// The next key; waits up to so many milliseconds, also where nobody sits. Keys that are no character are left out.
    public func next(milliseconds: Int32) -> Character? {
        guard isOn else {
            usleep(UInt32(milliseconds) * 1000)
            return nil
        }
        var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, milliseconds) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        guard count > 0 else {
            // The terminal is gone: nothing more comes, and this must not turn round and round.
            usleep(UInt32(milliseconds) * 1000)
            return nil
        }
        // Arrows and the like begin with an escape.
        return bytes[0] < 0x80 && bytes[0] != 0x1B ? Character(Unicode.Scalar(bytes[0])) : nil
    }
}
