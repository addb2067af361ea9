import Foundation
import JSON

/// Compares JSON with the schemas of an OpenAPI description: as much of JSON Schema as that uses.
struct SchemaCheck {
    let description: JSONValue

    /// What is wrong, with its place; nothing if all is right.
    func problems(_ value: JSONValue, _ schema: JSONValue, at place: String = "") -> [String] {
        if let name = schema["$ref"]?.stringValue?.split(separator: "/").last {
            guard let target = description["components"]?["schemas"]?[String(name)] else {
                return ["\(place): there is no schema \(name)"]
            }
            return problems(value, target, at: place)
        }
        if let choices = schema["oneOf"]?.arrayValue {
            let fits = choices.filter { problems(value, $0, at: place).isEmpty }.count
            return fits == 1 ? [] : ["\(place): fits \(fits) of the alternatives"]
        }
        var found: [String] = []
        if let constant = schema["const"], constant != value { found.append("\(place): is not \(constant)") }
        if let choices = schema["enum"]?.arrayValue, !choices.contains(value) { found.append("\(place): \(value)") }
        let types =
            schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? [schema["type"]?.stringValue].compactMap { $0 }
        if !types.isEmpty, !types.contains(where: { SchemaCheck.fits(value, $0) }) {
            found.append("\(place): \(value) is not \(types.joined(separator: " or "))")
        }
        if let number = value.doubleValue, value.boolValue == nil {
            if let least = schema["minimum"]?.doubleValue, number < least {
                found.append("\(place): \(number) < \(least)")
            }
            if let most = schema["maximum"]?.doubleValue, number > most {
                found.append("\(place): \(number) > \(most)")
            }
        }
        if let items = schema["items"], let list = value.arrayValue {
            for (index, item) in list.enumerated() { found += problems(item, items, at: "\(place)[\(index)]") }
        }
        if let fields = value.objectValue { found += fieldProblems(fields, schema, place) }
        return found
    }

    private func fieldProblems(_ fields: [String: JSONValue], _ schema: JSONValue, _ place: String) -> [String] {
        var found: [String] = []
        let known = schema["properties"]?.objectValue ?? [:]
        for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where fields[name] == nil {
            found.append("\(place): '\(name)' is missing")
        }
        if let names = schema["propertyNames"] {
            for name in fields.keys { found += problems(.string(name), names, at: place) }
        }
        for (name, field) in fields {
            if let inner = known[name] {
                found += problems(field, inner, at: "\(place).\(name)")
            } else if let other = schema["additionalProperties"] {
                if other == false {
                    found.append("\(place): '\(name)' is not described")
                } else {
                    found += problems(field, other, at: "\(place).\(name)")
                }
            }
        }
        return found
    }

    private static func fits(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        case "null": value.isNull
        case "boolean": value.boolValue != nil
        case "string": value.stringValue != nil
        case "array": value.arrayValue != nil
        case "object": value.objectValue != nil
        case "integer": value.boolValue == nil && value.intValue != nil
        case "number": value.boolValue == nil && value.doubleValue != nil
        default: false
        }
    }
}
