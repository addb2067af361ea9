import EmotionRecognition
import FaceVision
import Files
import JSON
import NeuralNet
import SongSound
import Threads

/// What browsers run to look at pictures, choose songs and hear them themselves: the engines (`Scripts/build-wasm`) and plans
/// of the networks, made when first asked for and kept as they are sent.
struct EngineFiles: Sendable {
    /// Where the server has them.
    static let folder = "/engine/"
    static let module = "fermusic.wasm", detector = "yunet.fmplan", planEnding = ".fmplan"
    static let songsModule = "songs.wasm", soundModule = "sound.wasm"
    /// Bytes up to which a plan keeps its weights nearly as they are: what every visitor loads should be small.
    private static let mostBytes = 400_000

    private let shelf: ModelShelf
    private let modulePath: String?
    private let detectorPath: String?
    /// Of the query that keeps one version's address from another's.
    static let tagName = "v"
    private final class Kept: Sendable {
        let assets = Guarded<[String: Asset]>([:])
        let planned = Guarded<[String]?>(nil)
        let tag = Guarded<String?>(nil)
    }
    private let store = Kept()

    /// - Parameter isUsualDetector: whether faces are found as the engine finds them; nothing is offered otherwise.
    init(_ shelf: ModelShelf, isUsualDetector: Bool) {
        self.shelf = shelf
        modulePath = EngineFiles.path(of: EngineFiles.module)
        detectorPath = isUsualDetector ? YuNetWeights.standardPath : nil
    }

    /// What recommends songs in a browser, and what hears them.
    private static let others = [songsModule, soundModule]

    /// Where a module is; nil if it was not built.
    static func path(of module: String) -> String? { ProgramFile.path(module, checkoutFolder: ".build/wasm") }

    /// A plan as it is sent.
    private static func small(_ plan: NetworkPlan) -> [UInt8] {
        for weights in [PlanWeights.float16, .int8] {
            let bytes = plan.bytes(weights: weights)
            if bytes.count <= mostBytes { return bytes }
        }
        return plan.bytes(weights: .int5)
    }

    /// Whether there is all that a browser needs.
    var isThere: Bool { modulePath != nil && detectorPath != nil }

    /// The models that can be planned and whose names need no escapes in addresses. Cost: some ms at first.
    var models: [String] {
        if !isThere { return [] }
        if let known = store.planned.withLock({ $0 }) { return known }
        let names = shelf.entries.filter { entry in
            entry.id.utf8.allSatisfy(EngineFiles.isPlain) && (try? entry.model.plan()) != nil
        }.map(\.id)
        store.planned.withLock { $0 = names }
        return names
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// For a page that chooses among so many songs itself; null where the server chooses. Addresses begin with `base`.
    func matcher(base: String, songs: Int) -> JSONValue {
        guard !models.isEmpty, SongsFile.holds(songs) else { return .null }
        return [
            "module": .string(base + versioned(EngineFiles.songsModule)), "songs": .string(base + SongsFile.name),
        ]
    }

    /// For a page that hears songs itself; null where that was not built. The address begins with `base`.
    func sound(base: String) -> JSONValue {
        EngineFiles.path(of: EngineFiles.soundModule) == nil
            ? .null : EngineFiles.sound(at: base + versioned(EngineFiles.soundModule))
    }

    /// The same where the module is at an address.
    static func sound(at address: String) -> JSONValue {
        ["module": .string(address), "version": .int(HeardPart.version)]
    }

    /// For the page; null where browsers cannot look themselves. Addresses begin with `base`.
    func json(base: String) -> JSONValue {
        let models = models
        if models.isEmpty { return .null }
        func address(_ name: String) -> JSONValue { .string(base + versioned(name)) }
        var addresses: [String: JSONValue] = [:]
        for name in models { addresses[name] = address(name + EngineFiles.planEnding) }
        return [
            "module": address(EngineFiles.module), "detector": address(EngineFiles.detector),
            "models": .object(addresses),
        ]
    }

    /// What is kept in browsers for when there is no network, from the page: what they use unless asked otherwise.
    var kept: [String] {
        guard let model = models.first else { return [] }
        let others = EngineFiles.others.filter { EngineFiles.path(of: $0) != nil }
        return ([EngineFiles.module, EngineFiles.detector, model + EngineFiles.planEnding] + others)
            .map { EngineFiles.folder.dropFirst() + versioned($0) }
    }

    private func versioned(_ name: String) -> String { "\(name)?\(EngineFiles.tagName)=\(tag)" }

    /// Whether this is the version that there is now.
    func isCurrent(_ tag: String?) -> Bool { tag != nil && tag == store.tag.withLock { $0 } }

    /// Changes with the engine, the models and the program that makes plans of them. Cost at first: reading them, some
    /// 30 ms.
    private var tag: String {
        if let known = store.tag.withLock({ $0 }) { return known }
        var hash = Asset.hash(Array(Fermusic.version.utf8))
        let parts = [modulePath, detectorPath] + EngineFiles.others.map(EngineFiles.path)
        for path in parts.compactMap({ $0 }) + shelf.entries.map(\.path) {
            hash = Asset.hash((try? FileBytes.read(path, limit: 1 << 30)) ?? [], from: hash)
        }
        let tag = String(hash, radix: 16)
        store.tag.withLock { $0 = tag }
        return tag
    }

    /// A file that was made already.
    func known(_ name: String) -> Asset? { store.assets.withLock { $0[name] } }

    /// The file of that name; nil if there is none. Cost at first: some 0.1 s.
    func make(_ name: String) -> Asset? {
        if let asset = known(name) { return asset }
        guard let bytes = bytes(name) else { return nil }
        let asset = Asset(
            bytes, type: AssetStore.type(of: name), effort: .thorough)
        store.assets.withLock { $0[name] = asset }
        return asset
    }

    private func bytes(_ name: String) -> [UInt8]? {
        if EngineFiles.others.contains(name) {
            return EngineFiles.path(of: name).flatMap { try? FileBytes.read($0, limit: 16 << 20) }
        }
        guard let modulePath, let detectorPath else { return nil }
        if name == EngineFiles.module { return try? FileBytes.read(modulePath, limit: 16 << 20) }
        if name == EngineFiles.detector {
            return try? EngineFiles.small(YuNetWeights(path: detectorPath).plan())
        }
        guard let model = shelf.entries.first(where: { $0.id + EngineFiles.planEnding == name })?.model else {
            return nil
        }
        return try? EngineFiles.small(model.plan())
    }
}
