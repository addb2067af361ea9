import JSON
import Testing

/// `FERMUSIC_ISA`
@Suite struct InstructionSetTests {
    private func bench(_ shell: String) throws -> Fermusic.Result {
        try Fermusic.run(["bench", "--batch", "1", "--threads", "1", "--seconds", "0.05", "--json"], shell: shell)
    }

    @Test(arguments: ["baseline", ""])
    func canBeLowered(_ name: String) throws {
        let result = try bench("export FERMUSIC_ISA=\(name)")
        #expect(result.status == 0, "\(result.errors)")
        let used = try JSONValue(parsing: result.output)["instructionSet"]?.stringValue
        #expect(name.isEmpty ? used != nil : used == name)
    }

    @Test(arguments: ["avx-512", "AVX2", "avx9000", "baseline "])
    func whatIsNoneIsRefused(_ name: String) throws {
        for arguments in [["--version"], ["bench"]] {
            let result = try Fermusic.run(arguments, shell: "export FERMUSIC_ISA='\(name)'")
            #expect(result.status == 2 && result.output.isEmpty)
            #expect(result.errors.hasPrefix("fermusic: FERMUSIC_ISA: ") && result.errors.contains("baseline"))
            #expect(result.errors.split(separator: "\n").count == 1)
        }
    }
}
