import JSON
import JSONCoding
import Testing

@Suite struct JSONParsingTests {
    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("\t\r\nfalse", .bool(false)),
        ("0", .int(0)), ("-0", .int(0)), ("-17", .int(-17)), ("3.0", .int(3)), ("1e3", .int(1000)), ("2E+2", .int(200)),
        ("0.1", .double(0.1)), ("-1.5e-3", .double(-0.0015)), ("9223372036854775807", .int(.max)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1e-400", .int(0)),
        (#""""#, .string("")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{c}\n\r\t")),
        (#""\u00e9\u20AC\ud83d\ude00é😀""#, .string("é€😀é😀")), (#""\u0000""#, .string("\0")),
        ("[]", .array([])), ("[ ]", .array([])), ("[1,[2,[]],{}]", .array([.int(1), [2, []], .object([:])])),
        (#"{"a":1,"b":{"c":null}}"#, .object(["a": .int(1), "b": .object(["c": .null])])),
        (#"{"a":1,"a":2}"#, .object(["a": .int(2)])), (#"{"":0}"#, .object(["": .int(0)])),
        ("\u{FEFF}[1]", .array([.int(1)])),
    ])
    func reads(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
        #expect(try JSONValue(parsing: value.text()) == value)
        #expect(try JSONValue(parsing: value.text(pretty: true)) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "tru", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"", "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "\"", "\"a", "\"\\", "\"\\x\"",
        "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"",
        "\"a\\n\n\"", "01", "+1", "-", "--1", "1.", ".5", "1e", "1e+", "0x10", "1e999", "NaN", "Infinity", "-Infinity",
        "'a'",
        "[1]]", "1 2", "// a\n1", "\u{A0}1", "[1,\u{2028}2]",
    ])
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test func saysWhere() {
        #expect(throws: JSONError(reason: "expected ',' or '}'", line: 2, column: 9)) {
            try JSONValue(parsing: "{\n  \"a\":1 2}")
        }
        #expect(throws: JSONError(reason: "ends where a value should be", line: 1, column: 5)) {
            try JSONValue(parsing: "[1, ")
        }
    }

    @Test func levelsAreLimited() throws {
        let most = JSONValue.mostLevels
        let deep = String(repeating: "[", count: most) + String(repeating: "]", count: most)
        #expect(try JSONValue(parsing: deep).text() == deep)
        for start in ["[", "{\"a\":", "[[],"] {
            // Long ones end at the same place, whatever follows.
            for count in [most + 1, 200_000] {
                let error = #expect(throws: JSONError.self) {
                    try JSONValue(parsing: String(repeating: start, count: count) + "1")
                }
                #expect(error?.reason == "more than \(most) levels")
                #expect((error?.column ?? .max) <= start.utf8.count * (most + 1))
            }
        }
        #expect(throws: JSONError.self) {
            try JSONValue.decode([Int].self, from: String(repeating: "[", count: 500_000))
        }
    }

    /// Documents of megabytes, of every shape: a reader whose time grew faster than their length would not end.
    @Test func longDocuments() throws {
        let count = 300_000
        let flat = "[" + String(repeating: "1,", count: count) + "1]"
        #expect(try JSONValue(parsing: flat).arrayValue?.count == count + 1)
        let nested = "[" + String(repeating: "[[[[]]]],", count: count) + "1]"
        #expect(try JSONValue(parsing: nested).text() == nested)
        let fields = "{" + (0..<count).map { "\"k\($0)\":{\"a\":[]}" }.joined(separator: ",") + "}"
        #expect(try JSONValue(parsing: fields).objectValue?.count == count)
        let text = "\"" + String(repeating: "\\u00e9\\n", count: count) + "\""
        #expect(try JSONValue(parsing: text).stringValue?.unicodeScalars.count == 2 * count)
        #expect(try JSONValue(parsing: "1" + String(repeating: "0", count: 300)).doubleValue == 1e300)
        #expect(throws: JSONError.self) { try JSONValue(parsing: "1" + String(repeating: "0", count: count)) }
        #expect(try JSONValue(parsing: "0." + String(repeating: "3", count: count)).doubleValue == 1.0 / 3)
    }
}

@Suite struct JSONWritingTests {
    @Test func equalValuesGiveEqualBytes() throws {
        let value: JSONValue = [
            "z": [1, 2.5, 3.0, 1e300, nil, true], "a/b": "\"\\\u{1}\u{1f}é\u{7f}", "A": [:], "é": [],
        ]
        let text = #"{"A":{},"a/b":"\"\\\u0001\u001fé"# + "\u{7f}" + #"","z":[1,2.5,3,1e+300,null,true],"é":[]}"#
        #expect(value.text() == text)
        #expect(JSONValue.array([.double(.nan), .double(-.infinity)]).text() == "[null,null]")
        #expect(
            JSONValue.object(["a": [1, ["b": 2]], "c": []]).text(pretty: true) == """
                {
                  "a" : [
                    1,
                    {
                      "b" : 2
                    }
                  ],
                  "c" : []
                }
                """)
    }

    @Test func numbersComeBack() throws {
        for value in [0.1, 1.0 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -2.5e-8, 123_456_789.123] {
            #expect(try JSONValue(parsing: JSONValue.double(value).text()).doubleValue == value)
        }
        struct Fields: Codable, Equatable {
            var seed: UInt64
            var rate: Float
            var name: String?
        }
        let fields = Fields(seed: .max, rate: 0.1, name: nil)
        let text = try JSONValue.encode(fields)
        #expect(text == #"{"rate":0.1,"seed":18446744073709551615}"#)
        #expect(try JSONValue.decode(Fields.self, from: text) == fields)
    }
}
