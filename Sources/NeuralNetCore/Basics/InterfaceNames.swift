import JSON
import Randomness

/// Values and random numbers in this library's interface.
public typealias JSONValue = JSON.JSONValue
public typealias RandomGenerator = Randomness.RandomGenerator
