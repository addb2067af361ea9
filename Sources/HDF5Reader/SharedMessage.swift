extension HDF5Bytes {
    /// What a message says, also if it is kept by another object, as types that have a name are.
    func contents(_ message: ObjectHeader.Message) throws -> ByteCursor {
        guard message.isShared else { return message.body }
        return try sharedContents(message.body, kind: message.kind)
    }

    /// The message of that kind at the place that `body` names.
    func sharedContents(_ body: ByteCursor, kind: ObjectHeader.Kind) throws -> ByteCursor {
        var body = body
        let version = try body.byte(), type = try body.byte()
        switch version {
        case 1: try body.skip(6)
        case 2: break
        case 3: guard type == 2 else { throw HDF5Failure("HDF5 with shared messages is not supported") }
        default: throw body.damaged("is shared in an unknown way")
        }
        let header = try ObjectHeader(self, at: body.requiredAddress())
        guard let message = header.first(kind), !message.isShared else { throw body.damaged("is shared with nothing") }
        return message.body
    }
}
