import Threads

/// Threads in this library's interface: what computes is handed a team of them.
public typealias ThreadPool = Threads.ThreadPool
public typealias Processors = Threads.Processors
