import NeuralNetCore

/// Weights of one network taken over into another: a new head on a trained body, a network that has grown.
extension Model {
    /// How layers of a file and of a model find each other.
    public enum WeightsMatching: String, Sendable, CaseIterable {
        /// By name: the whole one with those of models around (`base/conv1`), otherwise the last part (`conv1`) where just
        /// one layer on either side has it.
        case name
        /// In order: each layer takes the next one of the file whose weights have its shapes.
        case shape
    }

    /// What became of each layer with weights. Layers are named as the model and the file name them.
    public struct WeightsReport: Sendable, Equatable {
        /// Layers of the model that got weights, with those of the file they came from.
        public var taken: [(layer: String, source: String)] = []
        /// Layers of the model that kept their own, and why.
        public var kept: [(layer: String, reason: String)] = []
        /// Layers of the file that nobody took.
        public var unused: [String] = []

        public static func == (a: WeightsReport, b: WeightsReport) -> Bool {
            a.unused == b.unused && a.taken.elementsEqual(b.taken, by: ==) && a.kept.elementsEqual(b.kept, by: ==)
        }
    }

    /// Reads the weights of a file of another network, of any kind that `ModelFile` reads, as far as they fit. With
    /// `skippingMismatch` layers for which the file has nothing that fits keep theirs, and the report says so; without it
    /// they are an error, and the model is unchanged. Throws `NeuralNetError.file`.
    @discardableResult
    public func readWeights(
        _ path: String, matching: WeightsMatching = .name, skippingMismatch: Bool = false
    ) throws -> WeightsReport {
        let (file, layers) = try ModelFile.storedLayers(path)
        let nodes = KerasLevel.nodes(KerasLevel.Scopes(of: self), scope: nil).filter {
            !self.nodes[$0].parameters.isEmpty
        }
        var report = WeightsReport(), stored: [StoredWeights] = [], used: Set<Int> = []
        var next = 0
        let names = NameIndex(layers.map(\.name)), own = NameIndex(nodes.map { self.nodes[$0].layer.name })
        for node in nodes {
            let name = self.nodes[node].layer.name
            let shapes = self.nodes[node].parameters.map { weights.entries[$0].specification.shape }
            var place: Int?
            switch matching {
            case .name: place = names.place(of: name, asKnownTo: own)
            case .shape:
                place = try (next..<layers.count).first { try layers[$0].paths.map(file.shape) == shapes }
                if let place { next = place + 1 }
            }
            guard let place, !used.contains(place) else {
                report.kept.append((name, "the file has no layer that fits"))
                continue
            }
            let found = try layers[place].paths.map(file.shape)
            guard found == shapes else {
                report.kept.append((name, "shapes \(found) in the file instead of \(shapes)"))
                continue
            }
            used.insert(place)
            stored.append(StoredWeights(node: node, paths: layers[place].paths))
            report.taken.append((name, layers[place].name))
        }
        if let first = report.kept.first, !skippingMismatch {
            throw NeuralNetError.file(path: path, place: "layer '\(first.layer)'", reason: first.reason)
        }
        report.unused = layers.indices.filter { !used.contains($0) }.map { layers[$0].name }
        try KerasWeights.read(stored, file, into: self)
        return report
    }

    /// Places of names, and of last parts that only one name has.
    private struct NameIndex {
        private var whole: [String: Int] = [:]
        private var parts: [Substring: Int] = [:]  // -1 for more than one

        init(_ names: [String]) {
            for (place, name) in names.enumerated() {
                whole[name] = whole[name] ?? place
                let part = NameIndex.part(name)
                parts[part] = parts[part] == nil ? place : -1
            }
        }

        private static func part(_ name: String) -> Substring { name.split(separator: "/").last ?? "" }

        func place(of name: String, asKnownTo other: NameIndex) -> Int? {
            if let place = whole[name] { return place }
            let part = NameIndex.part(name)
            guard let place = parts[part], place >= 0, other.parts[part] != -1 else { return nil }
            return place
        }
    }
}

/// A layer with weights that a file holds.
struct StoredLayer {
    var name: String
    var paths: [String]
}

extension ModelFile {
    /// The layers with weights in a file, whose network need not be known.
    static func storedLayers(_ path: String) throws -> (file: HDF5File, layers: [StoredLayer]) {
        switch try open(path) {
        case .archive(let archive):
            let file = try archive.weights()
            return (
                file, try layers(of: archive.text("config.json"), file, path) ?? variables(file, "layers", names: [])
            )
        case .hdf5(let file):
            if let known = try layers(of: file.text("model_config", of: ""), file, path) { return (file, known) }
            for group in ["layers", "_layer_checkpoint_dependencies"] where try file.exists(group) {
                return (file, try variables(file, group, names: []))
            }
            return (file, try groups(file, group: file.exists("model_weights") ? "model_weights" : ""))
        }
    }

    /// As the description in the file names them; nil if there is none that is understood.
    private static func layers(of config: String?, _ file: HDF5File, _ path: String) throws -> [StoredLayer]? {
        guard let config else { return nil }
        let options = KerasModelConfig.Options(
            path: path, isTrained: true, weightLimit: min(1 << 28, file.mostUnpacked / 4), inputSize: (224, 224))
        guard let model = try? KerasModelConfig.model(from: config, options).model else { return nil }
        return try locate(file, for: model).map { StoredLayer(name: model.nodes[$0.node].layer.name, paths: $0.paths) }
    }

    /// By `layer_names` and `weight_names`. Of models inside, the names of weights tell the layers.
    private static func groups(_ file: HDF5File, group: String) throws -> [StoredLayer] {
        try KerasWeights.layers(file, group: group).flatMap { layer in
            var found: [StoredLayer] = []
            for weight in layer.weights {
                var name = weight.name.split(separator: "/").dropLast().joined(separator: "/")
                if name.isEmpty { name = layer.name }
                if name != layer.name, !name.hasPrefix(layer.name + "/") { name = "\(layer.name)/\(name)" }
                if let place = found.firstIndex(where: { $0.name == name }) {
                    found[place].paths.append(weight.path)
                } else {
                    found.append(StoredLayer(name: name, paths: [weight.path]))
                }
            }
            return found
        }
    }

    /// By the names that Keras 3 notes beside variables, in the alphabet of the groups.
    private static func variables(_ file: HDF5File, _ group: String, names: [String]) throws -> [StoredLayer] {
        guard names.count < 32 else { return [] }
        return try file.links(in: group).flatMap { link -> [StoredLayer] in
            let place = "\(group)/\(link)"
            guard try file.exists("\(place)/vars") else { return [] }
            let name = try file.text("name", of: "\(place)/vars") ?? link
            let count = try file.links(in: "\(place)/vars").count
            if count > 0 {
                return [
                    StoredLayer(
                        name: (names + [name]).joined(separator: "/"), paths: (0..<count).map { "\(place)/vars/\($0)" })
                ]
            }
            guard try file.exists("\(place)/layers") else { return [] }
            return try variables(file, "\(place)/layers", names: names + [name])
        }
    }
}
