import ChildProcess
import Foundation
import JSON
import Testing

/// The real FER2013, if it is at hand: `FERMUSIC_SHARED_DATA`, or `shared/data` beside the package's folder.
@Suite(.serialized) struct RealDataTests {
    static let shared: URL = {
        if let path = ProcessInfo.processInfo.environment["FERMUSIC_SHARED_DATA"] { return URL(fileURLWithPath: path) }
        return package.deletingLastPathComponent().appendingPathComponent("shared/data")
    }()
    static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let archive = shared.appendingPathComponent("fer2013/fer2013-images.tar.gz")
    static let oldModel = shared.appendingPathComponent("keras/fer2013_mini_XCEPTION.102-0.66.hdf5")
    static let isPresent =
        FileManager.default.fileExists(atPath: archive.path)
        && FileManager.default.fileExists(atPath: oldModel.path)
    static let shipped = package.appendingPathComponent("Checkpoints/fer2013-cnn.h5")

    /// PublicTest alone, unpacked.
    private func withPublicTest(_ body: (String) throws -> Void) throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let tar = ChildProcess()
        tar.executableURL = URL(fileURLWithPath: "/bin/tar")
        tar.arguments = ["-xzf", RealDataTests.archive.path, "-C", folder.path, "--wildcards", "*test/*"]
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
        try body(folder.path)
    }

    private func accuracy(_ arguments: [String]) throws -> Double {
        let result = try Fermusic.run(["evaluate", "--json"] + arguments)
        try #require(result.status == 0, "\(result.errors)")
        let json = try JSONValue(parsing: result.output)
        #expect(json["count"]?.intValue == 3589)
        return json["accuracy"]?.doubleValue ?? 0
    }

    @Test(.enabled(if: isPresent, "FER2013 is not at hand; set FERMUSIC_SHARED_DATA"))
    func oldKerasModelIsAsGoodAsInKeras() throws {
        try withPublicTest { folder in
            let share = try accuracy([
                "--model", RealDataTests.oldModel.path, "--data", folder, "--input-range=-1..1", "--labels",
                "angry,disgust,fear,happy,sad,surprise,neutral",
            ])
            #expect(abs(share - 0.6592) <= 0.002)
        }
    }

    @Test(.enabled(if: isPresent, "FER2013 is not at hand; set FERMUSIC_SHARED_DATA"))
    func shippedModelKeepsItsWord() throws {
        try withPublicTest { folder in
            let share = try accuracy(["--model", RealDataTests.shipped.path, "--data", folder])
            #expect(share >= 0.65)
        }
    }
}
