import JSON

/// JSON documents in this library's interface: what model cards and training settings are made of.
public typealias JSONValue = JSON.JSONValue
