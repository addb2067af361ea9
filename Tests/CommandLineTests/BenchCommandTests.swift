import Foundation
import JSON
import Testing

@Suite struct BenchCommandTests {
    @Test func jsonSaysWhatWasMeasured() throws {
        let result = try Fermusic.run([
            "bench", "--arch", "cnn", "--batch", "4", "--threads", "2", "--seconds", "0.1", "--json",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        for key in [
            "trainImagesPerSecond", "inferenceMillisecondsBatch1", "inferenceMillisecondsBatch1P99",
            "inferenceImagesPerSecond", "sgemmGflops", "effectiveConvolutionGflops",
        ] {
            let value = try #require(object[key] as? Double, "\(key)")
            #expect(value > 0 && value.isFinite, "\(key): \(value)")
        }
        #expect(object["batch"] as? Int == 4)
        #expect(object["threads"] as? Int == 2)
        #expect(object["parameters"] as? Int == 2_345_607)
        let layers = try #require(object["layers"] as? [[String: Any]])
        #expect(layers.contains { $0["name"] as? String == "conv2d_1+max_pooling2d" })
        let times = layers.compactMap { $0["forwardMilliseconds"] as? Double }
        #expect(times.count == layers.count && times.reduce(0, +) > 0)
    }

    @Test func tableNamesLayersAndPeak() throws {
        let result = try Fermusic.run(["bench", "--batch", "2", "--threads", "1", "--seconds", "0.05"])
        #expect(result.status == 0, "\(result.errors)")
        for text in ["GFLOP/s", "images/s", "p99", "WinogradConvolution", "inference step"] {
            #expect(result.output.contains(text), "\(text)")
        }
    }

    @Test func precisionIsSaid() throws {
        for word in ["bfloat16", "mixed_bfloat16"] {
            let result = try Fermusic.run([
                "bench", "--batch", "2", "--threads", "1", "--seconds", "0.05", "--precision", word, "--json",
            ])
            #expect(result.status == 0, "\(result.errors)")
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(object["precision"] as? String == "bfloat16")
            let units = try #require(object["bfloat16Units"] as? String)
            let steps = try #require(object["inferenceLayers"] as? [[String: Any]])
            // Where that is slower than float32 it is not used.
            let isUsed = ["AMX tiles", "AVX-512 BF16"].contains(units)
            #expect(isUsed || units == "float32, which is faster here")
            #expect(steps.contains { $0["algorithm"] as? String == "BFloat16Convolution" } == isUsed)
        }
        #expect(try Fermusic.run(["bench", "--int8", "--precision", "bfloat16"]).status == 2)
        #expect(try Fermusic.run(["bench", "--precision", "half"]).status == 2)
        #expect(try Fermusic.run(["train", "--data", "none", "--precision", "int8"]).status == 2)
    }

    @Test func whatWasTunedIsHeededWhenWanted() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let cache = "export XDG_CACHE_HOME='\(folder.path)'", heeded = cache + " FERMUSIC_TUNED=1"
        let bench = ["bench", "--arch", "cnn", "--batch", "2", "--threads", "1", "--seconds", "0.05", "--json"]

        let missing = try Fermusic.run(bench, shell: heeded)
        #expect(missing.status == 1 && missing.output.isEmpty)
        #expect(Fermusic.message(missing).contains("convolutions.json: not there"), "\(missing.errors)")
        // Whoever asks for the measurement may do so with the variable set.
        let tuned = try Fermusic.run(bench + ["--tune"], shell: heeded)
        #expect(tuned.status == 0, "\(tuned.errors)")
        let whole = try JSONValue(parsing: tuned.output)
        let file = try #require(whole["file"]?.stringValue)
        #expect(file.hasPrefix(folder.path))
        let measured = try #require(whole["convolutions"]?.arrayValue)
        #expect(measured.count > 3)
        for row in measured {
            let gain = try #require(row["gain"]?.doubleValue)
            #expect(gain >= 1 || row["usual"] == row["fastest"], "\(row)")
        }

        // A way nobody would choose by itself shows that the file counts, and that it counts only when wanted.
        let kept = try JSONValue(parsing: String(contentsOfFile: file, encoding: .utf8))
        let sizes = measured.compactMap { $0["sizes"]?.stringValue }
        let processor = try #require(kept["processor"])
        func keep(_ processor: JSONValue, _ method: String) throws {
            let methods = Dictionary(uniqueKeysWithValues: Set(sizes).map { ($0, JSONValue.string(method)) })
            let text = (["processor": processor, "methods": .object(methods)] as JSONValue).text()
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
        try keep(processor, "direct")
        func ways(_ shell: String) throws -> Set<String> {
            let result = try Fermusic.run(bench, shell: shell)
            #expect(result.status == 0, "\(result.errors)")
            let steps = try JSONValue(parsing: result.output)["inferenceLayers"]?.arrayValue ?? []
            return Set(steps.compactMap { $0["algorithm"]?.stringValue })
        }
        #expect(try ways(cache).contains("WinogradConvolution"))
        #expect(try !ways(heeded).contains("WinogradConvolution"))

        try keep("a processor of another maker", "direct")
        let foreign = try Fermusic.run(bench, shell: heeded)
        #expect(foreign.status == 1 && Fermusic.message(foreign).contains("another processor"), "\(foreign.errors)")
        try keep(processor, "by hand")
        let unknown = try Fermusic.run(bench, shell: heeded)
        #expect(unknown.status == 1 && Fermusic.message(unknown).contains("no way to compute"), "\(unknown.errors)")
        try "{\"methods\":".write(toFile: file, atomically: true, encoding: .utf8)
        let damaged = try Fermusic.run(bench, shell: heeded)
        #expect(damaged.status == 1 && Fermusic.message(damaged).contains("not what"), "\(damaged.errors)")
        #expect(try Fermusic.run(bench, shell: cache + " FERMUSIC_TUNED=2").status == 2)
    }

    @Test func networksOfTheComparisonCanBeRead() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Benchmarks/networks")
        for name in ["bottlenecks", "separable", "cnn-96"] {
            let file = folder.appendingPathComponent("\(name).json").path
            let result = try Fermusic.run(["bench", "--arch", file, "--batch", "1", "--seconds", "0.05", "--json"])
            #expect(result.status == 0, "\(name): \(result.errors)")
        }
    }

    @Test func badNetworksAreOneLine() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("network.json").path
        try "{\"class_name\": \"Sequential\"".write(toFile: file, atomically: true, encoding: .utf8)
        let damaged = try Fermusic.run(["bench", "--arch", file])
        #expect(damaged.status == 1)
        #expect(Fermusic.message(damaged).contains("network.json"), "\(damaged.errors)")
        let unknown = try Fermusic.run(["bench", "--arch", "cmn"])
        #expect(unknown.status == 2 && unknown.errors.contains("cmn"), "\(unknown.errors)")
    }
}
