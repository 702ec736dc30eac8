extension NetworkDesign {
    /// The first invalid value, as its key and the allowed values; `nil` if all values are valid.
    ///
    /// Designs are read from files. Within these ranges no product of sizes overflows; whether the file
    /// contains the parameters is checked before any memory is allocated (`ModelFile.network`).
    var complaint: String? { ranges.lazy.compactMap(\.complaint).first }

    /// Returns the design if all values are valid.
    ///
    /// - Throws: `ModelError` (`unsuitable`) with the invalid value.
    package func checked(as name: String) throws -> NetworkDesign {
        if let complaint { throw ModelError(.unsuitable, "\(name) cannot have \(complaint)") }
        return self
    }

    private var ranges: [SizeRange] {
        switch self {
        case .hybrid(let settings): settings.ranges
        case .article(let settings):
            [
                .side(settings.resolution, of: 8, from: 48),
                .init("channels", settings.channels, 1...Self.widest),
            ]
        case .original(let settings):
            [
                .side(settings.resolution, of: 16),
                .init("channels", settings.channels, 2...Self.widest, step: 2),
                .init("code", settings.code, 1...Self.longestCode),
            ]
        case .df(let settings), .liae(let settings): settings.ranges
        case .amp(let settings):
            settings.parts.ranges + [.init("inter", settings.inter, 1...Self.longestCode)]
        }
    }

    fileprivate static let largestSide = 2048
    fileprivate static let widest = 8192
    fileprivate static let longestCode = 65_536
    fileprivate static let mostBlocks = 256
}

/// A value of a design and its allowed range.
private struct SizeRange {
    let complaint: String?

    init(_ key: String, _ value: Int, _ range: ClosedRange<Int>, step: Int = 1) {
        let isSound = range.contains(value) && value % step == 0
        let words = step > 1 ? "a multiple of \(step) from " : ""
        complaint =
            isSound
            ? nil : "\(key) = \(value), which must be \(words)\(range.lowerBound) to \(range.upperBound)"
    }

    init(_ key: String, _ value: Double, _ range: ClosedRange<Double>) {
        complaint =
            range.contains(value)
            ? nil : "\(key) = \(value), which must be \(range.lowerBound) to \(range.upperBound)"
    }

    static func side(_ value: Int, of step: Int, from least: Int? = nil) -> SizeRange {
        SizeRange("resolution", value, (least ?? step)...NetworkDesign.largestSide, step: step)
    }
}

extension HybridSettings {
    fileprivate var ranges: [SizeRange] {
        let (widest, blocks) = (NetworkDesign.widest, 0...NetworkDesign.mostBlocks)
        return [
            .side(resolution, of: refinementChannels == nil ? 8 : 16),
            SizeRange("refinementChannels", refinementChannels ?? 1, 1...widest),
            SizeRange("encoderResolution", encoderResolution, 16...NetworkDesign.largestSide, step: 16),
            SizeRange("encoderChannels", encoderChannels, 1...widest),
            SizeRange("encoderBlocks", encoderBlocks, blocks),
            SizeRange("learnedCode", learnedCode, 1...NetworkDesign.longestCode),
            SizeRange("style", style, 1...widest),
            SizeRange("split", split, -10...10), SizeRange("splitSoftness", splitSoftness, 1e-6...10),
            SizeRange("startChannels", startChannels, 1...widest),
            SizeRange("channels", channels, 1...widest),
            SizeRange("sharedBlocks", sharedBlocks, blocks), SizeRange("ownBlocks", ownBlocks, blocks),
            SizeRange("headChannels", headChannels, 1...widest),
            SizeRange("upperMeasures", upperMeasures.count, 0...widest),
            SizeRange("lowerMeasures", lowerMeasures.count, 0...widest),
        ] + (upperMeasures + lowerMeasures).map { SizeRange("a measure's place", $0, 0...widest) }
    }
}

extension DeepFaceLabSettings {
    fileprivate var ranges: [SizeRange] {
        let widest = NetworkDesign.widest
        return [
            .side(resolution, of: options.doubled ? 32 : 16),
            SizeRange("code", code, 1...NetworkDesign.longestCode),
            SizeRange("encoder", encoder, 1...widest), SizeRange("decoder", decoder, 1...widest),
            SizeRange("mask", mask, 1...widest),
        ]
    }
}
