import FaceVision
import JSON
import Terminal

/// `fermusic cameras`
enum CamerasCommand {
    static let json = Flag("json", help: "Print one JSON array for programs to read.")

    static let command = Command(
        "cameras", summary: "List cameras with the formats, sizes and rates they offer.",
        examples: [Example("fermusic cameras"), Example("fermusic cameras --json", "one JSON array, for a program")],
        parameters: [json]
    ) { a, console in
        let cameras = Camera.list()
        if a[json] {
            try console.output.line(JSONValue.array(cameras.map(json)).text())
            return .done
        }
        if cameras.isEmpty {
            try console.errors.line("no camera is connected")
            return .done
        }
        for (index, camera) in cameras.enumerated() {
            if index > 0 { try console.output.line() }
            let driver = camera.driver.isEmpty ? "" : " (\(printable(camera.driver)))"
            try console.output.line("\(camera.device)  \(printable(camera.name))\(driver)")
            if let error = camera.error { try console.errors.line("error: \(printable(Remedies.text(error)))") }
            if !camera.formats.isEmpty { try console.output.write(table(camera)) }
        }
        return .done
    }

    /// One line per format and size; formats that frames cannot be made of are counted only.
    private static func table(_ camera: Camera) -> String {
        var table = TextTable([.left("format"), .right("size"), .left("frames/s")])
        for format in camera.formats where format.isSupported {
            if format.sizes.isEmpty { table.add(format.code) }
            for size in format.sizes {
                table.add(
                    format.code, "\(size.width) x \(size.height)", size.rates.map(rateText).joined(separator: ", "))
            }
        }
        let others = camera.formats.filter { !$0.isSupported }.map(\.code)
        return table.render() + (others.isEmpty ? "" : "not supported: \(printable(others.joined(separator: ", ")))\n")
    }

    private static func rateText(_ rate: Double) -> String {
        rate == rate.rounded() ? "\(Int(rate))" : fixed(rate, 1)
    }

    private static func json(_ camera: Camera) -> JSONValue {
        [
            "device": .string(camera.device), "name": .string(camera.name), "driver": .string(camera.driver),
            "error": camera.error.map { .string("\($0)") } ?? .null,
            "formats": .array(
                camera.formats.map { format in
                    [
                        "code": .string(format.code), "name": .string(format.name),
                        "supported": .bool(format.isSupported),
                        "sizes": .array(
                            format.sizes.map { size in
                                [
                                    "width": .int(size.width), "height": .int(size.height),
                                    "framesPerSecond": JSONValue(size.rates),
                                ]
                            }),
                    ]
                }),
        ]
    }
}
