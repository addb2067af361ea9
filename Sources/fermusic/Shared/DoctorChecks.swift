import EmotionRecognition
import FaceVision
import Files
import MPICommunication
import MusicMatching
import NeuralNet
import Terminal
import TextCoding
import Timing
import WebApp

/// What `doctor` tries.
enum DoctorChecks {
    typealias Finding = DoctorCommand.Finding

    /// What the networks compute with.
    static func processor() -> Finding {
        let best = InstructionSet.available.last ?? "", current = InstructionSet.current
        let lower = current == best ? "" : ", since FERMUSIC_ISA says so; the processor has \(best)"
        return Finding(
            "processor", .works, "\(Machine.processor): \(current)\(lower); bfloat16: \(InstructionSet.bfloat16)")
    }

    /// MPI, which only training on several machines needs.
    static func severalMachines() -> Finding {
        let installed = MPILibrary.installed
        return installed.isEmpty
            ? Finding(
                "several machines", .missing, "no Open MPI or MPICH, which only mpirun fermusic train needs",
                cause: "libraryMissing")
            : Finding("several machines", .works, installed.joined(separator: ", "))
    }

    /// The library for a catalogue on a server, which only those need who name one.
    static func database() -> Finding {
        switch PostgreSQLClient.state {
        case .success(let version): Finding("PostgreSQL", .works, "libpq \(version)")
        case .failure:
            Finding(
                "PostgreSQL", .missing, "no libpq5, which only a catalogue on a server needs", cause: "libraryMissing")
        }
    }

    /// Reads the model and lets it look at a picture.
    static func model(_ a: Arguments) -> Finding {
        guard let path = try? SharedOptions.modelPath(a) else {
            return Finding(
                "model", .failed, "\(EmotionModel.standardName) was not found beside the program", cause: "missing")
        }
        do {
            let start = ContinuousClock.now
            let model = try EmotionModel(reading: path)
            let recogniser = try EmotionRecogniser(model, batchSize: 1, threads: SharedOptions.threadPool(a))
            let picture = Image(width: 48, height: 48, pixels: (0..<48 * 48).map { UInt8(truncatingIfNeeded: $0) })
            let probabilities = recogniser.recognise([picture])[0].probabilities
            let classes = try FaceMood.classes(of: model, path)
            guard abs(probabilities.reduce(0, +) - 1) < 1e-3, classes.vector(probabilities) != nil else {
                return Finding("model", .failed, "\(path): its outputs are no probabilities", cause: "outputs")
            }
            let time = (ContinuousClock.now - start).seconds
            return Finding("model", .works, "\(path): read and asked in \(fixed(time * 1000, 0)) ms")
        } catch {
            return Finding("model", .failed, Remedies.text(error), cause: "unreadable")
        }
    }

    /// Reads what finds faces; only the detector that is used unless another is named must be there.
    static func detectors() -> [Finding] {
        DetectorKind.all.enumerated().map { index, kind in
            let name = index == 0 ? "faces" : "faces, \(kind.name)"
            do {
                _ = try kind.load()
                return Finding(name, .works, "\(kind.name): \(kind.summary)")
            } catch {
                return Finding(name, index == 0 ? .failed : .missing, Remedies.text(error), cause: "missing")
            }
        }
    }

    /// Opens every camera that there is.
    static func camera() -> Finding {
        let cameras = Camera.list()
        if let good = cameras.first(where: { $0.error == nil && $0.formats.contains(where: \.isSupported) }) {
            return Finding("camera", .works, "\(good.device): \(good.name)")
        }
        if let error = cameras.compactMap(\.error).first {
            return Finding("camera", .failed, Remedies.text(error), cause: "unusable")
        }
        if let strange = cameras.first {
            return Finding("camera", .failed, "\(strange.device): none of its formats is supported", cause: "format")
        }
        return Finding("camera", .missing, "no camera is connected", cause: "missing")
    }

    /// 16 x 16 pixels of grey 200 as lossless WebP, which the program reads but does not write.
    private static let greyWebP: [UInt8] = [
        82, 73, 70, 70, 30, 0, 0, 0, 87, 69, 66, 80, 86, 80, 56, 76, 17, 0, 0, 0, 47, 15, 192, 3, 0, 7, 80, 228, 34, 23,
        185, 255, 129, 136, 232, 127, 0, 0,
    ]

    /// Pictures there and back, and what FFmpeg has.
    static func codecs() -> [Finding] {
        let picture = Image(width: 16, height: 16, pixels: (0..<256).map { UInt8($0) })
        var findings: [Finding] = []
        do {
            let png = try ImageFile.decode(ImageFile.encodePNG(picture), name: "PNG")
            let jpeg = try ImageFile.decode(try ImageFile.encodeJPEG(picture, quality: 95), name: "JPEG")
            let webP = try ImageFile.decode(greyWebP, name: "WebP")
            let isRight =
                png.grayscale == picture && jpeg.width == 16
                && webP.grayscale.pixels == Array(repeating: 200, count: 256)
            let text = "PNG, JPEG, WebP" + (PictureFormat.missing.map { "; \($0)" } ?? ", HEIC, AVIF")
            findings.append(Finding("pictures", isRight ? .works : .failed, isRight ? text : "come back changed"))
        } catch {
            findings.append(Finding("pictures", .failed, Remedies.text(error), cause: "codec"))
        }
        do {
            let codecs = try VideoCodecs()
            var text =
                "reads \(codecs.readable.joined(separator: ", ")); writes \(codecs.writable.joined(separator: ", "))"
            if !codecs.unreadable.isEmpty { text += "; cannot read \(codecs.unreadable.joined(separator: ", "))" }
            let isUsable = codecs.readable.contains("H.264") && !codecs.writable.isEmpty
            findings.append(Finding("video", isUsable ? .works : .failed, text, cause: isUsable ? nil : "codec"))
        } catch {
            findings.append(Finding("video", .failed, Remedies.text(error), cause: "libraryMissing"))
        }
        return findings
    }

    /// With which the page's files are sent smaller.
    static func packing() -> Finding {
        Brotli.isThere
            ? Finding("packing", .works, "Brotli and gzip")
            : Finding("packing", .missing, "gzip; libbrotlienc makes the page's files smaller", cause: "libraryMissing")
    }

    /// The built-in list, the mood map, the database.
    static func catalogue(_ a: Arguments) -> [Finding] {
        var findings: [Finding] = []
        if MusicOptions.builtInSongs == nil {
            findings.append(
                Finding(
                    "songs", .failed, "the built-in list (songs.csv) was not found beside the program", cause: "missing"
                ))
        }
        do {
            let catalogue = try MusicOptions.openCatalogue(a)
            if let problem = try catalogue.problem() {
                findings.append(Finding("catalogue", .failed, "\(catalogue.path): \(problem)", cause: "damaged"))
            } else {
                let count = try catalogue.count
                findings.append(
                    Finding(
                        "catalogue", count > 0 ? .works : .failed, "\(catalogue.path): \(counted(count, "song"))",
                        cause: count > 0 ? nil : "empty"))
            }
        } catch {
            findings.append(Finding("catalogue", .failed, Remedies.text(error), cause: "unusable"))
        }
        return findings
    }

    /// Credentials, and each service by itself, all at once.
    static func services(_ a: Arguments, asks: Bool) -> [Finding] {
        let services: MusicServices
        do {
            services = try ServiceOptions.services(memory: SpotifyCommand.memory(a))
        } catch {
            return [Finding("services", .failed, Remedies.text(error), cause: "unusable")]
        }
        var findings = [credentials(services.credentials)]
        if !asks { return findings }
        for (service, parts) in services.check(within: a[DoctorCommand.wait]) {
            for part in parts {
                let state: Finding.State =
                    switch part.state {
                    case .works: .works
                    case .notSetUp: .missing
                    case .failed: .failed
                    }
                findings.append(
                    Finding(
                        "\(service.name) \(part.part)", state,
                        part.text + (Remedies.words(part.cause).map { "; \($0)" } ?? ""), cause: part.cause?.rawValue))
            }
        }
        return findings
    }

    /// Where they were found, never what they are.
    private static func credentials(_ credentials: Credentials) -> Finding {
        if let path = credentials.openFiles.first {
            return Finding(
                "credentials", .failed, "others can read \(path); run: chmod 600 \(path)", cause: "openFile")
        }
        let found = Credentials.Name.allCases.compactMap { name in
            credentials.place(of: name).map { "\(name.rawValue) in \($0)" }
        }
        return found.isEmpty
            ? Finding("credentials", .missing, "none; everything but login and search works without", cause: "notSetUp")
            : Finding("credentials", .works, found.joined(separator: ", "))
    }
}
