import Glibc
import TextCoding

/// Who comes to a listener, and lines that are pasted. Several may be there at once: browsers open connections that
/// they don't use.
final class LoopbackVisits {
    /// Somebody who asked for something.
    final class Visit {
        let path: String
        let fields: [String: String]
        let isPasted: Bool
        private let descriptor: Int32

        /// - Parameter target: "/callback?code=x", or a whole address.
        init(_ target: Substring, descriptor: Int32) {
            let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            path = String(parts.first ?? "")
            var fields: [String: String] = [:]
            for pair in (parts.count > 1 ? parts[1] : "").prefix(while: { $0 != "#" }).split(separator: "&") {
                let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = WebAddress.decoded(halves[0])
                // The first counts: what is added behind changes nothing.
                if fields[name] == nil { fields[name] = halves.count > 1 ? WebAddress.decoded(halves[1]) : "" }
            }
            self.fields = fields
            self.descriptor = descriptor
            isPasted = descriptor < 0
        }

        deinit {
            if descriptor >= 0 { close(descriptor) }
        }

        /// Shows a page of one sentence.
        func answer(_ status: Int, _ text: String) {
            guard descriptor >= 0 else { return }
            let page = "<!doctype html><meta charset=utf-8><title>fermusic</title><p>\(text)</p>"
            let head =
                "HTTP/1.1 \(status) \(status == 200 ? "OK" : "No")\r\nContent-Type: text/html; charset=utf-8\r\n"
                + "Content-Length: \(page.utf8.count)\r\nConnection: close\r\nCache-Control: no-store\r\n"
                + "Referrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'\r\n\r\n"
            let bytes = Array((head + page).utf8)
            _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            shutdown(descriptor, Int32(SHUT_WR))
        }
    }

    private struct Guest {
        var descriptor: Int32
        var bytes: [UInt8] = []
        var leaves: ContinuousClock.Instant
    }

    private let listener: LoopbackListener?
    private var input: Int32?
    private var pasted: [UInt8] = []
    private var guests: [Guest] = []
    private static let maximumGuests = 16, requestLimit = 8192

    init(listener: LoopbackListener?, input: Int32?) {
        self.listener = listener
        self.input = input
    }

    deinit {
        for guest in guests { close(guest.descriptor) }
    }

    /// The next visit; `nil` when the limit is over. Throws `ProviderError` when nobody can come any more.
    func next(_ limit: CallLimit) throws(ProviderError) -> Visit? {
        while !limit.isOver {
            if let visit = pastedLine() { return visit }
            guard listener != nil || input != nil else {
                throw ProviderError(.spotify, .loginNeeded, "the address was not pasted")
            }
            guests.removeAll { guest in
                guard guest.leaves < .now else { return false }
                close(guest.descriptor)
                return true
            }
            let sources = guests.map(\.descriptor) + [listener?.descriptor, input].compactMap { $0 }
            var polled = sources.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), 50) > 0 else { continue }
            for entry in polled where entry.revents != 0 {
                if entry.fd == listener?.descriptor {
                    accept()
                } else if entry.fd == input {
                    readInput()
                } else if let visit = readGuest(entry.fd) {
                    return visit
                }
            }
        }
        return nil
    }

    private func accept() {
        guard let listener else { return }
        let descriptor = Glibc.accept(listener.descriptor, nil, nil)
        guard descriptor >= 0 else { return }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        if guests.count == LoopbackVisits.maximumGuests { close(guests.removeFirst().descriptor) }
        guests.append(Guest(descriptor: descriptor, leaves: .now + .seconds(20)))
    }

    private func readGuest(_ descriptor: Int32) -> Visit? {
        guard let index = guests.firstIndex(where: { $0.descriptor == descriptor }) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 2048)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count > 0 { guests[index].bytes += buffer[..<count] }
        let bytes = guests[index].bytes
        guard count > 0, bytes.count <= LoopbackVisits.requestLimit else {
            close(guests.remove(at: index).descriptor)
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("\r\n\r\n") else { return nil }
        guests.remove(at: index)
        let line = text.prefix { !$0.isNewline }.split(separator: " ")
        guard line.count == 3, line[0] == "GET", line[1].hasPrefix("/") else {
            close(descriptor)
            return nil
        }
        return Visit(line[1], descriptor: descriptor)
    }

    private func readInput() {
        guard let input else { return }
        var buffer = [UInt8](repeating: 0, count: 2048)
        let count = read(input, &buffer, buffer.count)
        if count > 0 {
            pasted += buffer[..<count]
        } else {
            self.input = nil
            // The last line may lack its end.
            if !pasted.isEmpty { pasted.append(0x0A) }
        }
        if pasted.count > LoopbackVisits.requestLimit { pasted = [] }
    }

    /// The next line that is not blank of what was read.
    private func pastedLine() -> Visit? {
        while let end = pasted.firstIndex(of: 0x0A) {
            let line = String(decoding: pasted[..<end], as: UTF8.self)
            pasted.removeSubrange(...end)
            let text = trimmed(line[...])
            if !text.isEmpty { return Visit(text, descriptor: -1) }
        }
        return nil
    }
}
