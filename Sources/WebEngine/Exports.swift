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
        engines.append(PlanEngine(plan))
        return Int32(engines.count - 1)
    } catch {
        tell(error)
        return -1
    }
}

func tell(_ error: PlanError) { problem = Array(error.description.utf8) + [0] }

/// The last problem, a C string.
@_cdecl("fermusic_problem")
public func lastProblem() -> UnsafeMutablePointer<UInt8>? {
    problem.withUnsafeMutableBufferPointer { $0.baseAddress }
}

@_cdecl("fermusic_input")
public func input(_ engine: Int32) -> UnsafeMutablePointer<Float>? { engines[Int(engine)]?.input() }

@_cdecl("fermusic_output")
public func output(_ engine: Int32) -> UnsafeMutablePointer<Float>? { engines[Int(engine)]?.output() }

@_cdecl("fermusic_run")
public func run(_ engine: Int32) { engines[Int(engine)]?.run() }

@_cdecl("fermusic_close")
public func close(_ engine: Int32) { engines[Int(engine)] = nil }
