import Glibc
import Synchronization

/// An HTTP server on this machine that answers each connection with a closure of the test.
final class TestServer: Sendable {
    /// A connection of a client.
    struct Connection: Sendable {
        let descriptor: Int32
        /// 0 for the first connection of the server.
        let number: Int

        /// False when the client has gone.
        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var done = 0
            while done < bytes.count {
                let put = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
                }
                if put <= 0 { return false }
                done += put
            }
            return true
        }

        func send(_ text: String) { send(Array(text.utf8)) }

        func startMotionJPEG() {
            send("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")
        }

        @discardableResult
        func sendPart(_ jpeg: [UInt8]) -> Bool {
            send(
                Array("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(jpeg.count)\r\n\r\n".utf8) + jpeg
                    + Array("\r\n".utf8))
        }

        /// Says nothing until the client goes, at most so many seconds.
        func hang(seconds: Double = 600) {
            let end = ContinuousClock.now + .seconds(seconds)
            var byte: UInt8 = 0
            while ContinuousClock.now < end {
                var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                if poll(&request, 1, 50) > 0, recv(descriptor, &byte, 1, 0) <= 0 { return }
            }
        }
    }

    let port: UInt16
    private let listener: Int32

    init(_ answer: @escaping @Sendable (Connection) -> Void) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                precondition(bind(listener, $0, length) == 0 && listen(listener, 8) == 0)
                getsockname(listener, $0, &length)
            }
        }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        TestThread.start {
            // Closed here and nowhere else: another socket could get its number while it is listened to.
            defer { close(listener) }
            var number = 0
            while true {
                let descriptor = accept(listener, nil, nil)
                if descriptor < 0 { return }
                let connection = Connection(descriptor: descriptor, number: number)
                number += 1
                TestThread.start {
                    TestServer.readRequest(descriptor)
                    answer(connection)
                    shutdown(descriptor, Int32(SHUT_RDWR))
                    close(descriptor)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

    private static func readRequest(_ descriptor: Int32) {
        var last: [UInt8] = []
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) == 1 {
            last = last.suffix(3) + [byte]
            if last == [13, 10, 13, 10] { return }
        }
    }
}

enum TestThread {
    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        var handle = pthread_t()
        pthread_create(
            &handle, nil,
            {
                Unmanaged<Work>.fromOpaque($0!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(Work(run)).toOpaque())
        pthread_detach(handle)
    }

    static func sleep(_ seconds: Double) { usleep(UInt32(seconds * 1e6)) }
}
