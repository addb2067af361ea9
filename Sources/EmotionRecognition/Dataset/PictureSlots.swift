import FaceVision
import Glibc
import JSON
import JSONCoding
import NeuralNet
import Threads

/// Grey pictures of one size, which are filled in any order and by any thread.
final class PictureSlots: @unchecked Sendable {  // threads write to separate pictures, failures are locked
    private let pixels: UnsafeMutablePointer<UInt8>
    private let count: Int
    private let size: Int
    private let failures = Guarded<[Int: DatasetError]>([:])

    init(count: Int, size: Int) {
        self.count = count
        self.size = size
        pixels = .allocate(capacity: count * size * size)
    }

    deinit { pixels.deallocate() }

    /// Puts what `read` gives into a slot, or notes why there is nothing.
    func fill(_ index: Int, name: String, read: () throws -> Image) {
        do {
            let image = try read().resized(width: size, height: size)
            image.pixels.withUnsafeBufferPointer {
                (pixels + index * size * size).update(from: $0.baseAddress!, count: size * size)
            }
        } catch {
            fail(index, name: name, (error as? ImageError).map(PictureSlots.reason) ?? "\(error)")
        }
    }

    func fail(_ index: Int, name: String, _ reason: String) {
        failures.withLock { $0[index] = .badImage(path: name, reason: reason) }
    }

    /// Gets what other processes have filled, each its part.
    func exchange(_ parts: [Range<Int>], names: [String], by team: SharedReading) throws {
        if team.isAlone { return }
        let bytes = size * size
        team.exchange(pixels, parts: parts.map { $0.lowerBound * bytes..<$0.upperBound * bytes })
        let own = failures.withLock { $0 }.map { index, error in
            guard case .badImage(_, let reason) = error else { return Failure(index: index, reason: "\(error)") }
            return Failure(index: index, reason: reason)
        }
        for text in team.communicator.gather(try JSONValue.encode(own)) {
            for failure in try JSONValue.decode([Failure].self, from: text) {
                fail(failure.index, name: names[failure.index], failure.reason)
            }
        }
    }

    private struct Failure: Codable {
        var index: Int
        var reason: String
    }

    private static func reason(_ error: ImageError) -> String {
        switch error {
        case .cannotRead(_, let reason), .cannotWrite(_, let reason): return "cannot read the image: \(reason)"
        }
    }

    /// All pictures in the layout's order. Throws the first failure unless bad ones are left out.
    func loaded(_ layout: DatasetLayout, names: [String], path: String, skipsBad: Bool) throws -> LoadedDataset {
        let failed = failures.withLock { $0 }
        if let first = failed.min(by: { $0.key < $1.key }), !skipsBad { throw first.value }
        var dataset = FaceDataset(size: size, classNames: layout.classNames)
        dataset.reserve(count - failed.count)
        for (index, item) in layout.items.enumerated() where failed[index] == nil {
            dataset.add(
                UnsafeBufferPointer(start: pixels + index * size * size, count: size * size), label: item.label,
                split: item.split, name: names[index])
        }
        guard dataset.count > 0 else { throw DatasetError.empty(path: path, reason: "no readable images") }
        var loaded = LoadedDataset(
            dataset: dataset, skipped: failed.sorted { $0.key < $1.key }.map(\.value), notes: layout.notes)
        loaded.votes = layout.votes
        return loaded
    }
}
