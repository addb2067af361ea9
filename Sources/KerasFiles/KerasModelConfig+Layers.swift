import JSON
import NeuralNetCore

extension KerasModelConfig {
    func item(_ value: JSONValue, _ trains: Bool) throws -> KerasGraph.Item {
        guard let className = value["class_name"]?.stringValue, let config = value["config"] else {
            throw failure("a layer without class_name or config")
        }
        let name = value["name"]?.stringValue ?? config["name"]?.stringValue ?? ""
        return KerasGraph.Item(
            name: name, className: className, module: value["module"]?.stringValue ?? "", config: config,
            isTrainable: trains && config["trainable"]?.boolValue != false,
            calls: try KerasCall.calls(value["inbound_nodes"]) { failure(layer: name, "inbound_nodes: \($0)") })
    }

    func template(_ item: KerasGraph.Item, _ arguments: [Shape]) throws -> Model {
        let root: JSONValue = .object(["class_name": .string(item.className), "config": item.config])
        return try model(root, arguments: arguments, isTrainable: item.isTrainable)
    }

    func layer(_ item: KerasGraph.Item, _ layout: KerasLayout) throws -> SharedLayer {
        guard let fields = layout.config.objectValue else { throw failure("a layer without class_name or config") }
        let label = item.name.isEmpty ? item.className : item.name
        if let problem = layout.problem { throw failure(layer: label, problem) }
        notes.keptFields = [:]
        var layer: any Layer
        if let own = try options.layers.make(item.className, label, fields, path: options.path) {
            layer = own
        } else if PassedOver.classes.contains(item.className) {
            layer = PassedOver(item.className, fields: fields)
            if PassedOver.actsInTraining(item.className) {
                notes.warn("layer '\(label)': \(item.className) does nothing here, also in training")
            }
        } else {
            let reader = KerasConfigReader(
                path: options.path, layer: label, isTrained: options.isTrained, fields: fields,
                kerasVersion: options.kerasVersion, notes: notes)
            layer = try KerasLayers.make(className: item.className, reader: reader, name: item.name)
        }
        layer.name = item.name
        return SharedLayer(layer, isTrainable: item.isTrainable, keptFields: notes.keptFields)
    }
}
