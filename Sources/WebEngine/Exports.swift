// What a page calls. Compiled for WebAssembly together with the engine's sources by Scripts/build-wasm.

// One module has one thread.
private nonisolated(unsafe) var engines: [PlanEngine?] = []
private nonisolated(unsafe) var problem: [UInt8] = []

/// Room for `count` bytes that the page fills; given back by `fermusic_free`.
@_cdecl("fermusic_allocate")
public func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    count >= 0 ? UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 16) : nil
}

@_cdecl("fermusic_free")
public func free(_ memory: UnsafeMutableRawPointer?) { memory?.deallocate() }

/// Makes an engine of a plan's bytes: its number, or -1, with a line in `fermusic_problem`.
@_cdecl("fermusic_open")
public func open(_ bytes: UnsafeRawPointer, _ count: Int) -> Int32 {
    do throws(PlanError) {
        let plan = try NetworkPlan(UnsafeRawBufferPointer(start: bytes, count: count))
        let engine = PlanEngine(plan)
        if let free = engines.firstIndex(where: { $0 == nil }) {
            engines[free] = engine
            return Int32(free)
        }
        engines.append(engine)
        return Int32(engines.count - 1)
    } catch {
        tell(error)
        return -1
    }
}

/// Nil for what is no engine's number, as -1.
private func engine(_ number: Int32) -> PlanEngine? {
    engines.indices.contains(Int(number)) ? engines[Int(number)] : nil
}

func tell(_ error: PlanError) { problem = Array(error.description.utf8) + [0] }

/// The last problem, a C string.
@_cdecl("fermusic_problem")
public func lastProblem() -> UnsafeMutablePointer<UInt8>? {
    problem.withUnsafeMutableBufferPointer { $0.baseAddress }
}

@_cdecl("fermusic_input")
public func input(_ number: Int32) -> UnsafeMutablePointer<Float>? { engine(number)?.input() }

@_cdecl("fermusic_output")
public func output(_ number: Int32) -> UnsafeMutablePointer<Float>? { engine(number)?.output() }

@_cdecl("fermusic_run")
public func run(_ number: Int32) { engine(number)?.run() }

@_cdecl("fermusic_close")
public func close(_ number: Int32) { if engine(number) != nil { engines[Int(number)] = nil } }
