import NeuralNetCore

/// A model as Keras sees it: layers, and models inside it that count as one layer each, however many nodes of the flat
/// graph they are.
///
/// What Keras's files list and match is in the order of `members`, that of Keras's `model.layers`: by falling distance
/// from the outputs, equally distant ones as a walk from the outputs meets them. It differs from the order of computation
/// where a graph has branches. Source: `map_graph` in Keras's `ops/function.py`.
struct KerasLevel {
    /// A layer, or a model inside.
    struct Member {
        /// Its name at this level.
        var name: String
        /// The node of its first call, or the scope.
        var content: Content
        var calls: [Call]
    }

    enum Content: Equatable {
        case layer(node: Int)
        case model(scope: Int)
    }

    struct Call {
        /// What it is called with.
        var inputs: [Reference]
        /// The nodes of its outputs.
        var outputs: [Int]
    }

    /// A tensor at this level.
    struct Reference {
        var member: Int
        var call: Int
        var output: Int
        var node: Int
    }

    let members: [Member]
    let inputs: [Reference]
    let outputs: [Reference]
    let isSequential: Bool

    /// The level inside a scope (that of the first call of its model), or the top.
    init(of model: Model, scope: Int? = nil) {
        self.init(Scopes(of: model), scope: scope)
    }

    init(_ scopes: Scopes, scope: Int? = nil) {
        let model = scopes.model
        isSequential = scope.map { model.scopes[$0].isSequential } ?? model.isSequential
        let starts = scope.map { model.scopes[$0].inputs } ?? model.inputs
        let ends = (scope.map { model.scopes[$0].outputs } ?? model.outputs).map(scopes.source)
        // Every call at this level, in the order of computation.
        var vertices: [Content] = []
        var vertexOf: [Int: Int] = [:]  // of nodes at this level, and of all inside a call of a model
        var scopeVertices: [Int: Int] = [:]
        for index in model.nodes.indices where !scopes.isSkipped(index) {
            guard let child = scopes.child(of: scope, holding: index) else { continue }
            switch child {
            case .layer:
                vertexOf[index] = vertices.count
                vertices.append(child)
            case .model(let inner):
                if scopeVertices[inner] == nil {
                    scopeVertices[inner] = vertices.count
                    vertices.append(child)
                }
                vertexOf[index] = scopeVertices[inner]
            }
        }
        func sources(_ vertex: Int) -> [Int] {
            switch vertices[vertex] {
            case .layer(let node): return starts.contains(node) ? [] : model.nodes[node].inputs.map(scopes.source)
            case .model(let inner):
                return model.scopes[inner].inputs.map { scopes.source(model.nodes[$0].inputs[0]) }
            }
        }
        // A call of a model may stand between its inputs.
        let sorted = KerasLevel.sorted(vertices.indices.map { sources($0).map { vertexOf[$0]! } })
        let placeOf = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
        vertices = sorted.map { vertices[$0] }
        vertexOf = vertexOf.mapValues { placeOf[$0]! }
        func root(_ vertex: Int) -> Content {
            switch vertices[vertex] {
            case .layer(let node): return .layer(node: model.nodes[node].sharedWith ?? node)
            case .model(let inner): return .model(scope: model.scopes[inner].sharedWith ?? inner)
            }
        }
        // Calls of one layer or model.
        var groups: [(content: Content, vertices: [Int])] = []
        var groupOf: [Int] = []
        var known: [Int: Int] = [:]
        for vertex in vertices.indices {
            let content = root(vertex)
            let key: Int
            switch content {
            case .layer(let node): key = node
            case .model(let inner): key = -1 - inner
            }
            if let group = known[key] {
                groups[group].vertices.append(vertex)
                groupOf.append(group)
            } else {
                known[key] = groups.count
                groupOf.append(groups.count)
                groups.append((content, [vertex]))
            }
        }
        let order = KerasLevel.order(
            groups: groups.count, groupOf: groupOf, sources: vertices.indices.map { sources($0).map { vertexOf[$0]! } },
            outputs: ends.map { vertexOf[$0]! })
        let place = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        func reference(_ node: Int) -> Reference {
            let vertex = vertexOf[node]!, group = groupOf[vertex]
            var output = 0
            if case .model(let inner) = vertices[vertex] {
                output = model.scopes[inner].outputs.firstIndex { scopes.source($0) == node } ?? 0
            }
            return Reference(
                member: place[group]!, call: groups[group].vertices.firstIndex(of: vertex)!, output: output, node: node)
        }
        var names: Set<String> = []
        members = order.map { group in
            var name = scopes.localName(groups[group].content, at: scope)
            while !names.insert(name).inserted { name += "_" }
            return Member(
                name: name, content: groups[group].content,
                calls: groups[group].vertices.map { vertex in
                    let outputs: [Int]
                    switch vertices[vertex] {
                    case .layer(let node): outputs = [node]
                    case .model(let inner): outputs = model.scopes[inner].outputs
                    }
                    return Call(inputs: sources(vertex).map(reference), outputs: outputs)
                })
        }
        inputs = starts.map(reference)
        outputs = ends.map(reference)
    }

    /// Calls in an order in which each comes after those it needs, otherwise as they were.
    private static func sorted(_ sources: [[Int]]) -> [Int] {
        var result: [Int] = []
        var isDone = [Bool](repeating: false, count: sources.count)
        for start in sources.indices {
            var stack = [start]
            while let vertex = stack.last {
                let missing = isDone[vertex] ? [] : sources[vertex].filter { !isDone[$0] }
                stack.append(contentsOf: missing)
                guard missing.isEmpty else { continue }
                stack.removeLast()
                if !isDone[vertex] { result.append(vertex) }
                isDone[vertex] = true
            }
        }
        return result
    }

    /// Keras's order of layers, of which each has some calls.
    private static func order(groups: Int, groupOf: [Int], sources: [[Int]], outputs: [Int]) -> [Int] {
        var depths = [Int](repeating: 0, count: groupOf.count)
        var groupDepths = [Int](repeating: 0, count: groups)
        for vertex in groupOf.indices.reversed() {
            let depth = max(depths[vertex], groupDepths[groupOf[vertex]])
            groupDepths[groupOf[vertex]] = depth
            for source in sources[vertex] { depths[source] = max(depths[source], depth + 1) }
        }
        var places = [Int](repeating: -1, count: groups)  // inputs that nothing uses stay at -1
        var seen = [Bool](repeating: false, count: groupOf.count)
        var met = 0
        for output in outputs {
            var stack = [output]
            while let vertex = stack.popLast() {
                guard !seen[vertex] else { continue }
                seen[vertex] = true
                if places[groupOf[vertex]] < 0 {
                    places[groupOf[vertex]] = met
                    met += 1
                }
                stack.append(contentsOf: sources[vertex].reversed())
            }
        }
        return (0..<groups).sorted { (-groupDepths[$0], places[$0], $0) < (-groupDepths[$1], places[$1], $1) }
    }
}

extension KerasLevel {
    /// Which models inside a model are whole. Those that a cut went through, or of which something inside is used from
    /// outside, are no models any more: their layers belong to the level around.
    struct Scopes {
        let model: Model
        /// Per scope, whether it is whole.
        private let isWhole: [Bool]
        private let paths: [String]

        init(of model: Model) {
            self.model = model
            var whole = model.scopes.map { scope in
                scope.inputs.allSatisfy { $0 >= 0 } && scope.outputs.allSatisfy { $0 >= 0 }
            }
            func ancestors(_ node: Int) -> [Int] {
                Array(
                    sequence(state: model.nodes[node].scope) { scope in
                        let here = scope
                        scope = scope.flatMap { model.scopes[$0].parent }
                        return here
                    })
            }
            for (index, node) in model.nodes.enumerated() {
                let mine = ancestors(index)
                for input in node.inputs where model.nodes[input].scope != node.scope {
                    let others = ancestors(input)
                    for scope in mine where !others.contains(scope) && !model.scopes[scope].inputs.contains(index) {
                        whole[scope] = false
                    }
                    for scope in others where !mine.contains(scope) && !model.scopes[scope].outputs.contains(input) {
                        whole[scope] = false
                    }
                }
            }
            for output in model.outputs {
                for scope in ancestors(output) where !model.scopes[scope].outputs.contains(output) {
                    whole[scope] = false
                }
            }
            // All calls of a model are whole, or none.
            for (index, scope) in model.scopes.enumerated() where !whole[index] {
                whole[scope.sharedWith ?? index] = false
            }
            for (index, scope) in model.scopes.enumerated() where !whole[scope.sharedWith ?? index] {
                whole[index] = false
            }
            isWhole = whole
            var paths: [String] = []
            for scope in model.scopes { paths.append((scope.parent.map { paths[$0] } ?? "") + scope.name + "/") }
            self.paths = paths
        }

        /// An input of a model that is none any more only hands on.
        func isSkipped(_ node: Int) -> Bool {
            guard let scope = model.nodes[node].scope, !isWhole[scope] else { return false }
            return model.nodes[node].layer is InputLayer
        }

        /// The node whose values a node has.
        func source(_ node: Int) -> Int {
            var node = node
            while isSkipped(node) { node = model.nodes[node].inputs[0] }
            return node
        }

        /// What at that level a node is, or is part of; nil if it is not below it.
        func child(of level: Int?, holding node: Int) -> Content? {
            var content = Content.layer(node: node)
            var scope = model.nodes[node].scope
            while scope != level {
                guard let inner = scope else { return nil }
                if isWhole[inner] { content = .model(scope: inner) }
                scope = model.scopes[inner].parent
            }
            return content
        }

        /// Names within a level, without the slashes that Keras 3 does not allow.
        func localName(_ content: Content, at level: Int?) -> String {
            let whole: Substring
            switch content {
            case .layer(let node): whole = model.nodes[node].layer.name[...]
            case .model(let scope): whole = paths[scope].dropLast()
            }
            let prefix = level.map { paths[$0] } ?? ""
            let local = whole.hasPrefix(prefix) ? whole.dropFirst(prefix.count) : whole
            return String(local.map { $0 == "/" ? "_" : $0 })
        }
    }

    /// All layers of a level with those of models inside, each once: by their nodes.
    static func nodes(_ scopes: Scopes, scope: Int?) -> [Int] {
        KerasLevel(scopes, scope: scope).members.flatMap { member -> [Int] in
            switch member.content {
            case .layer(let node): return [node]
            case .model(let inner): return nodes(scopes, scope: inner)
            }
        }
    }
}
