import Foundation
import JSON
import Testing

/// Names that are no text in UTF-8 name files all the same, wherever a path is given or found.
@Suite(.serialized) final class PathNameTests {
    private let folder: URL

    init() throws {
        folder = try Fermusic.temporaryFolder()
        let faces = folder.appendingPathComponent("faces").path
        #expect(try Fermusic.run(["dataset", "generate", faces, "--training", "28", "--test", "14"]).status == 0)
        // Latin-1, half a character, and a line break.
        let shell = """
            cd '\(folder.path)' && e=$(printf '\\351') && b=$(printf '\\360\\237') &&
            mv faces "faces$e" && for class in "faces$e"/*/*; do
                set -- "$class"/*; mv "$1" "$class/a$b
            .png"; cp "$class/a$b
            .png" "pic$e.png"; done &&
            printf 'title,artist\\nOne,Two\\n' > "m$e.csv" && set -- --version
            """
        let made = try Fermusic.run(["--version"], shell: shell)
        try #require(made.status == 0, "\(made.errors)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// `words` is a shell's text, so that `*` and `$e` (the byte E9) can stand for what no Swift string can hold.
    private func run(_ words: String) throws -> Fermusic.Result {
        try Fermusic.run([], shell: "cd '\(folder.path)' && e=$(printf '\\351') && set -- \(words)")
    }

    private func exists(_ name: String) throws -> Bool { try run("--version && test -e \(name)").status == 0 }

    @Test func dataSetsAndModels() throws {
        let info = try run("dataset info faces*")
        #expect(info.status == 0, "\(info.output)\(info.errors)")
        let trained = try run("train --data faces* --checkpoint \"m$e.h5\" --epochs 1 --log \"log$e.csv\"")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(try exists("\"m$e.h5\"") && exists("\"log$e.csv\""))
        let evaluated = try run("evaluate --data faces* --model m*.h5 --report \"report$e\" --json")
        #expect(evaluated.status == 0, "\(evaluated.errors)")
        #expect(try exists("\"report$e/index.html\""))
        #expect(try run("model convert m*.h5 \"c$e.h5\"").status == 0)
        #expect(try run("model summary c*.h5").status == 0)
        #expect(try run("model convert m*.h5 \"o$e.onnx\"").status == 0)
        #expect(try run("model convert o*.onnx \"d$e.h5\"").status == 0 && exists("\"d$e.h5\""))
        #expect(try run("dataset export faces* \"out$e\"").status == 0)
        #expect(try run("dataset info out*").status == 0)
    }

    @Test func picturesAndOutputs() throws {
        let text = try run("predict pic*.png --csv \"t$e.csv\" --summary \"s$e.svg\"")
        #expect(text.status == 0 && text.output.contains("pic\\xE9.png: "), "\(text.output)\(text.errors)")
        #expect(try exists("\"t$e.csv\"") && exists("\"s$e.svg\""))
        let json = try run("predict --json pic*.png")
        let name = try JSONValue(parsing: json.output)["source"]?.stringValue
        // The name as JSON tells it names the file again.
        #expect(name == "pic\u{10FEE9}.png")
        #expect(try Fermusic.run(["predict", folder.path + "/" + (name ?? "")]).status == 0)
        #expect(try run("predict pic*.png --annotate \"a$e.png\"").status == 0)
        #expect(try exists("\"a$e.png\""))
        #expect(try run("predict faces*/train/*/").status == 0)
        #expect(try run("explain pic*.png --detector none").status == 0)
        #expect(try exists("\"pic$e.explained.png\""))
        // FFmpeg opens the file of a video that it writes twice.
        try writeClip(folder.appendingPathComponent("clip.mkv").path)
        #expect(try run("predict clip.mkv --detector none --annotate \"v$e.mp4\"").status == 0)
        #expect(try exists("\"v$e.mp4\"") && run("predict v*.mp4 --detector none").status == 0)
        let missing = try run("predict \"no$e.png\"")
        #expect(
            missing.status == 1 && missing.errors.contains("no\\xE9.png: cannot open: No such file"),
            "\(missing.errors)")
    }

    @Test func songLists() throws {
        let imported = try run("catalogue import m*.csv --catalogue \"k$e.db\"")
        #expect(imported.status == 0 && imported.output.contains("1"), "\(imported.output)\(imported.errors)")
        #expect(try exists("\"k$e.db\""))
        #expect(try run("recommend --emotion happy --catalogue k*.db --count 1").status == 0)
        #expect(try run("recommend --photo pic*.png --catalogue k*.db --count 1").status == 0)
    }
}
